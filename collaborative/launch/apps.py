from django.apps import AppConfig


class LaunchConfig(AppConfig):
    name = "collaborative.launch"
    label = "launch"
