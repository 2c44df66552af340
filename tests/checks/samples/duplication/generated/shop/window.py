# Form implementation generated from reading ui file 'window.ui'
class Window:
    def setup(self, form):
        self.name = form.widget("name").with_size(100)
        self.name.set_text(form.text("name"))
        form.layout.add(self.name)
        self.size = form.widget("size").with_size(100)
        self.size.set_text(form.text("size"))
        form.layout.add(self.size)
