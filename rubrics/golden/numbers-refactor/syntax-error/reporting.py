"""Turn figures into a text to read."""

RULE = "-" * 30
LABEL_WIDTH = 20


def format_report(summary, *, primes, perfect, bins, skipped):
    """Return the whole report as text."""
    lines = [f"Report on {summary.count} numbers", RULE]
    if skipped:
        lines.append("Skipped: " + ", ".join(skipped))
    lines += format_summary(summary)
    lines.append(format_list("Primes", primes))
    lines.append(format_list("Perfect numbers", perfect))
    lines.append(RULE)
    lines += [format_bin(one) for one in bins]
    return "\n".join(lines)


def format_summary(summary):
    """Return one line for each figure of a summary."""
    return [
        format_figure("Smallest", summary.smallest),
        format_figure("Largest", summary.largest),
        format_figure("Mean", summary.mean),
        format_figure("Median", summary.median),
        format_list("Mode", summary.modes),
        format_figure("Standard deviation", summary.deviation),
    ]


def format_figure(label, value)
    """Return a label and a number with two decimals."""
    return f"{label}:".ljust(LABEL_WIDTH) + f"{value:.2f}"


def format_list(label, values):
    """Return a label and its values, or "none"."""
    shown = ", ".join(str(value) for value in values)
    return f"{label}:".ljust(LABEL_WIDTH) + (shown or "none")


def format_bin(one):
    """Return one bar of the histogram."""
    return f"{one.start:8.2f} to {one.end:8.2f}  {'*' * one.count}"
