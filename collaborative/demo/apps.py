from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "collaborative.demo"
    label = "demo"
