"""Template filters of the interface: money, distances, durations in the reader's locale."""

from django import template

register = template.Library()
