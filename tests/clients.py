"""Whoever a test signs in."""

from django.test import Client

from members.models import Member
from tests.plain_browser import PlainBrowser


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def browser_of(member: Member) -> PlainBrowser:
    """Without JavaScript, and held to the tokens of its forms."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    return PlainBrowser(client)
