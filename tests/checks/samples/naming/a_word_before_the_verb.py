"""What belongs together may have a word of its own before the verb."""
#! measure functions_without_verb = 3


class Service:
    def service_get_account(self):
        return self

    def service_add_account(self):
        return self

    def service_drop_account(self):
        return self

    def account_get_name(self):  #! no-verb
        return self

    def account_total(self):  #! no-verb
        return self

    def account(self):  #! no-verb
        return self

    def still_has_accounts(self):
        return self
