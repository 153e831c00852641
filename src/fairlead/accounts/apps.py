from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "fairlead.accounts"
    label = "accounts"
