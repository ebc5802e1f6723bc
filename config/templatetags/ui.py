"""Template tags of the design: icons, states, durations, money."""

from django import template

register = template.Library()
