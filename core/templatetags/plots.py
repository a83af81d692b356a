"""The one tag that draws: `{% plot numbers %}`, made by `bars` or `histogram` of `core.plots`."""

from django import template

from core.plots import Plot

register = template.Library()


@register.inclusion_tag("components/plot.html")
def plot(plot: Plot) -> dict[str, Plot]:
    """The drawing, and the same numbers in a table below. The page needs `css/plots.css`."""
    return {"plot": plot}
