"""Draws one operation as a log-log plot, time over the members of the group: an SVG."""
import math
from dataclasses import dataclass
from html import escape

# Okabe and Ito's colours, which colour-blind readers tell apart; the marks differ too.
OURS = "#0072b2"
FLOOR = "#3a3a3a"
PEERS = ("#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
INK, PALE, GRID, MINOR = "#1f2328", "#59636e", "#d8dee4", "#eef1f4"

PANEL_WIDTH, PANEL_HEIGHT = 530, 330
LEFT, RIGHT, TOP, BOTTOM = 70, 174, 34, 48  # the margins of a panel
LEGEND_TOP = 70  # below the title and what is under it
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif"
LETTER = 7.3  # the width of a letter of 12 pixels, generously
MOST_MINOR_DECADES = 5  # between more, lines at each digit would be a grey field
LINE = 15


@dataclass
class Series:
    name: str
    color: str
    points: list  # of (n, seconds), n ascending
    mark: str = "circle"  # circle, square, triangle, diamond; none for the floor
    dashed: bool = False
    label: str = ""  # beside its end; its name if empty
    unfinished: tuple = ()  # the N at which it did not finish


@dataclass
class Panel:
    title: str
    series: list


@dataclass
class Box:
    """A rectangle of the drawing, in which a label stands."""
    x: float
    y: float
    width: float
    height: float = LINE

    def meets(self, other):
        return (self.x < other.x + other.width and other.x < self.x + self.width and
                self.y < other.y + other.height and other.y < self.y + self.height)

    def crossed(self, start, end, steps=40):
        """Whether the line from `start` to `end` passes through."""
        for step in range(steps + 1):
            x = start[0] + (end[0] - start[0]) * step / steps
            y = start[1] + (end[1] - start[1]) * step / steps
            if self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height:
                return True
        return False


class Axes:
    """Where a member count and a time are drawn in a panel."""

    def __init__(self, x, y, n_range, time_range):
        self.left, self.right = x + LEFT, x + PANEL_WIDTH - RIGHT
        self.top, self.bottom = y + TOP, y + PANEL_HEIGHT - BOTTOM
        self.n_range, self.time_range = n_range, time_range

    def x(self, n):
        low, high = map(math.log10, self.n_range)
        return self.left + (math.log10(n) - low) / (high - low) * (self.right - self.left)

    def y(self, seconds):
        low, high = map(math.log10, self.time_range)
        return self.bottom - (math.log10(seconds) - low) / (high - low) * (self.bottom - self.top)


def decades(values, least=1):
    """The powers of ten around the values, at least so many decades apart."""
    low = math.floor(math.log10(min(values)) + 1e-9)
    high = math.ceil(math.log10(max(values)) - 1e-9)
    while high - low < least:
        # Room grows on the side where the values are nearer to the edge.
        if math.log10(min(values)) - low < high - math.log10(max(values)):
            low -= 1
        else:
            high += 1
    return 10.0 ** low, 10.0 ** high


def time_text(seconds):
    """A time with three digits: 1.23 ms."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size * 0.9995:
            break
    else:
        unit, size = "ns", 1e-9
    value = seconds / size
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f} {unit}"


def tick_text(seconds):
    text = time_text(seconds)
    value, unit = text.split()
    return f"{float(value):,.0f} {unit}"


def text(x, y, content, anchor="start", size=12, color=INK, weight=None):
    bold = f' font-weight="{weight}"' if weight else ""
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
            f'fill="{color}"{bold}>{escape(content)}</text>')


def line(x1, y1, x2, y2, color, width=1.0):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{color}" stroke-width="{width}"/>')


def mark(shape, x, y, color):
    style = f'fill="{color}" stroke="#ffffff" stroke-width="1"'
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" {style}/>'
    if shape == "none":
        return ""
    corners = {"square": ((-3.6, -3.6), (3.6, -3.6), (3.6, 3.6), (-3.6, 3.6)),
               "triangle": ((0, -4.8), (4.6, 3.6), (-4.6, 3.6)),
               "diamond": ((0, -5), (5, 0), (0, 5), (-5, 0))}[shape]
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    return f'<polygon points="{points}" {style}/>'


def ticks(low, high):
    """(value, whether a power of ten) of the grid between two powers of ten."""
    first, last = round(math.log10(low)), round(math.log10(high))
    for exponent in range(first, last + 1):
        for digit in range(1, 10 if last - first <= MOST_MINOR_DECADES else 2):
            value = digit * 10.0 ** exponent
            if value <= high * 1.0001:
                yield value, digit == 1


def draw_grid(axes):
    parts = []
    for value, major in ticks(*axes.n_range):
        x = axes.x(value)
        parts.append(line(x, axes.top, x, axes.bottom, GRID if major else MINOR))
        if major:
            parts.append(line(x, axes.bottom, x, axes.bottom + 5, PALE))
            parts.append(text(x, axes.bottom + 19, f"{round(value):,}", "middle", color=PALE))
    for value, major in ticks(*axes.time_range):
        y = axes.y(value)
        parts.append(line(axes.left, y, axes.right, y, GRID if major else MINOR))
        if major:
            parts.append(line(axes.left - 5, y, axes.left, y, PALE))
            parts.append(text(axes.left - 9, y + 4, tick_text(value), "end", color=PALE))
    parts.sort(key=lambda part: MINOR not in part)  # pale lines under the others
    parts.append(line(axes.left, axes.bottom, axes.right, axes.bottom, PALE))
    parts.append(line(axes.left, axes.top, axes.left, axes.bottom, PALE))
    parts.append(text((axes.left + axes.right) / 2, axes.bottom + 38, "members of the group",
                      "middle", color=PALE))
    return parts


def draw_series(axes, series):
    places = [(axes.x(n), axes.y(seconds)) for n, seconds in series.points]
    dash = ' stroke-dasharray="6 4"' if series.dashed else ""
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [f'<polyline points="{points}" fill="none" stroke="{series.color}" stroke-width="2" '
             f'stroke-linejoin="round"{dash}/>'] if len(places) > 1 else []
    shape = "diamond" if series.mark == "none" and len(places) == 1 else series.mark
    return parts + [mark(shape, x, y, series.color) for x, y in places]


def spread_apart(wanted, top, bottom):
    """Places near the wanted ones, ascending, a line of text apart."""
    places = list(wanted)
    for _ in range(200):
        moved = False
        for i in range(len(places) - 1):
            overlap = places[i] + LINE - places[i + 1]
            if overlap > 0.01:
                places[i] -= overlap / 2
                places[i + 1] += overlap / 2
                moved = True
        shift = max(0.0, top - places[0]) or min(0.0, bottom - places[-1])
        if shift:
            places = [place + shift for place in places]
        if not moved:
            break
    return places


def label_ends(axes, all_series):
    """Names beside the lines: in the margin if they go to the end, else where there is room."""
    end = max(series.points[-1][0] for series in all_series)
    reaching = sorted((axes.y(series.points[-1][1]), i) for i, series in enumerate(all_series)
                      if series.points[-1][0] == end)
    parts, taken = [], []
    x = axes.x(end) + 10
    places = spread_apart([y for y, _ in reaching], axes.top + 4, axes.bottom - 4)
    for (_, i), y in zip(reaching, places):
        label = all_series[i].label or all_series[i].name
        parts.append(text(x, y + 4, label, color=all_series[i].color, weight=600))
        taken.append(Box(x, y - LINE / 2, len(label) * LETTER))
    for series in all_series:
        if series.points[-1][0] == end:
            continue
        label = series.label or series.name
        place = room_for(axes, label, series, all_series, taken)
        if place:
            taken.append(place)
            parts.append(text(place.x, place.y + 12, label, color=series.color, weight=600))
    return parts


def room_for(axes, label, series, all_series, taken):
    """A free box for the label near the last point of the series, or None."""
    x, y = axes.x(series.points[-1][0]), axes.y(series.points[-1][1])
    width = len(label) * LETTER
    candidates = [Box(x + 9, y - LINE / 2, width), Box(x - width / 2, y - LINE - 8, width),
                  Box(x - width - 9, y - LINE - 6, width), Box(x - width / 2, y + 8, width)]
    for box in candidates:
        inside = (box.x > axes.left and box.x + box.width < axes.right + RIGHT and
                  axes.top - 2 < box.y and box.y + LINE < axes.bottom)
        lines = [(axes.x(a), axes.y(b), axes.x(c), axes.y(d)) for each in all_series
                 for (a, b), (c, d) in zip(each.points, each.points[1:])]
        if inside and not any(box.meets(other) for other in taken) and not any(
                box.crossed(each[:2], each[2:]) for each in lines):
            return box
    return None


def cross(x, y, color):
    return (f'<path d="M{x - 4:.1f} {y - 4:.1f} l8 8 m0 -8 l-8 8" stroke="{color}" '
            f'stroke-width="2" fill="none"/>')


def draw_unfinished(axes, all_series):
    """Crosses at the upper edge, where somebody did not finish."""
    parts, used = [], {}
    for series in all_series:
        for n in series.unfinished:
            if axes.n_range[0] <= n <= axes.n_range[1]:
                parts.append(cross(axes.x(n) - 12 * used.get(n, 0), axes.top + 8, series.color))
                used[n] = used.get(n, 0) + 1
    return parts


def draw_legend(all_series, top, width):
    """(parts, bottom): what the lines are, in as many rows as are needed."""
    parts, x, y = [], 16, top
    entries = [(series.name, 35, series) for series in all_series]
    if any(series.unfinished for series in all_series):
        entries.append(("did not finish", 16, None))
    for name, indent, series in entries:
        entry_width = indent + len(name) * LETTER
        if x > 16 and x + entry_width > width - 16:
            x, y = 16, y + 22
        if series is None:
            parts.append(cross(x + 4, y, PALE))
        else:
            dash = ' stroke-dasharray="6 4"' if series.dashed else ""
            parts.append(f'<line x1="{x:.1f}" y1="{y}" x2="{x + 28:.1f}" y2="{y}" '
                         f'stroke="{series.color}" stroke-width="2"{dash}/>')
            parts.append(mark(series.mark, x + 14, y, series.color))
        parts.append(text(x + indent, y + 4, name))
        x += entry_width + 16
    return parts, y + 16


def draw(title, subtitle, panels):
    """The SVG of one operation: a panel for each state of the tree, all to one scale."""
    points = [point for panel in panels for series in panel.series for point in series.points]
    n_range = decades([n for n, _ in points], least=2)
    time_range = decades([seconds for _, seconds in points], least=2)
    columns = min(len(panels), 2)
    rows = -(-len(panels) // columns)
    names = {}
    for series in (series for panel in panels for series in panel.series):
        if series.name not in names or series.unfinished:
            names[series.name] = series
    width = columns * PANEL_WIDTH
    legend, header = draw_legend(names.values(), LEGEND_TOP, width)
    height = header + rows * PANEL_HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="{FONT}" role="img" aria-label="{escape(title)}">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        text(16, 26, title, size=16, weight=700),
        text(16, 46, subtitle, color=PALE), *legend]
    for i, panel in enumerate(panels):
        axes = Axes(i % columns * PANEL_WIDTH, header + i // columns * PANEL_HEIGHT, n_range,
                    time_range)
        parts += draw_grid(axes)
        parts.append(text(axes.left, axes.top - 11, panel.title, size=13, weight=600))
        for series in sorted(panel.series, key=lambda each: each.color == OURS):
            parts += draw_series(axes, series)
        parts += draw_unfinished(axes, panel.series) + label_ends(axes, panel.series)
    return "\n".join(part for part in parts if part) + "\n</svg>\n"
