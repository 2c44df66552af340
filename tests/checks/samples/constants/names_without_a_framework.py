"""Without the framework, the same names are constants like others."""
#! measure not_upper = 5

app_name = "shop"  #! constant-not-upper
urlpatterns = [1, 2]  #! constant-not-upper
revision = "3"  #! constant-not-upper
project = "shop"  #! constant-not-upper
extensions = ["png"]  #! constant-not-upper


def show():
    return app_name, urlpatterns, revision, project, extensions
