"""`{% draw chart %}` and `{% data_table table caption %}`: many small parts, so made here: loops in templates take ten times longer.

Everything is an attribute, nothing is a style.
"""

from django import template
from django.utils.html import conditional_escape as esc
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from analytics.charts import Chart, Column, Line, Mark, Tick
from analytics.page.parts import Cell, Table

register = template.Library()


@register.simple_tag
def draw(chart: Chart, extra: str = "") -> SafeString:
    parts = [_row(chart, row, first=n == 0) for n, row in enumerate(chart.rows)]
    parts += [_column(chart, column) for column in chart.columns]
    parts += [_line(line) for line in chart.lines]
    parts += [_mark(chart, mark) for mark in chart.marks]
    parts += [f'<text x="{t.at:g}" y="{chart.height - 6}" text-anchor="middle">{esc(t.label)}</text>' for t in chart.ticks]
    return format_html(
        '<svg class="chart {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        extra,
        chart.width,
        chart.height,
        chart.told,
        mark_safe("".join(parts)),  # noqa: S308  every text in it was escaped, the rest are numbers
    )


def _row(chart: Chart, row: Tick, *, first: bool) -> str:
    words = f'<text x="{chart.left - 8:g}" y="{row.at:g}" dy="0.35em" text-anchor="end">{esc(row.label)}</text>'
    return f'<path class="{"axis-0" if first else "axis"}" d="M{chart.left:g} {row.at:g}H{chart.width}"/>{words}'


def _column(chart: Chart, column: Column) -> str:
    over = f'<rect class="over" x="{column.x:g}" y="{chart.top:g}" width="{column.width:g}" height="{chart.base - chart.top:g}"/>'
    bars = "".join(
        f'<rect class="f{bar.fill}" x="{bar.x:g}" y="{bar.y:g}" width="{bar.width:g}" height="{bar.height:g}"/>' for bar in column.bars
    )
    return f"<g><title>{esc(column.told)}</title>{over}{bars}</g>"


def _line(line: Line) -> str:
    return f'<path class="line l{line.fill}{" line-before" if line.dashed else ""}" d="{line.path}"/>'


def _mark(chart: Chart, mark: Mark) -> str:
    anchor, away = ("end", -6) if mark.end else ("start", 6)
    words = f'<text x="{mark.x:g}" y="{mark.y:g}" dx="{away}" text-anchor="{anchor}">{esc(mark.label)}</text>'
    return f'<path class="mark-line" d="M{mark.x:g} {chart.top:g}V{chart.base:g}"/>{words}'


@register.simple_tag
def data_table(table: Table, caption: str) -> SafeString:
    head = "".join(f'<th scope="col"{" class=num" if n else ""}>{esc(name)}</th>' for n, name in enumerate(table.head))
    rows = "".join(f'<tr><th scope="row">{_cell(row[0])}</th>{"".join(map(_amount, row[1:]))}</tr>' for row in table.rows)
    return format_html(
        '<table class="table"><caption class="vh">{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>',
        caption,
        mark_safe(head),  # noqa: S308  as above
        mark_safe(rows),  # noqa: S308  as above
    )


def _amount(cell: Cell) -> str:
    return f'<td class="num">{_cell(cell)}</td>'


def _cell(cell: Cell) -> str:
    return f'<a href="{esc(cell.href)}">{esc(cell.shown)}</a>' if cell.href else esc(cell.shown)
