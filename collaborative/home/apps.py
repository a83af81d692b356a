from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "collaborative.home"
    label = "home"
