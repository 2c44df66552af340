"""The same name without `foo` beside it."""

import charts

bar = charts.draw_bar(3)
