"""Collects figures and their goals, prints them as a table."""

from dataclasses import dataclass, field


@dataclass
class Report:
    lines: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def section(self, name: str) -> None:
        self._say(f"\n## {name}")

    def figure(self, what: str, value: str) -> None:
        self._say(f"{what:<62} {value}")

    def goal(self, what: str, value: float, *, at_least: float | None = None, at_most: float | None = None) -> None:
        """A figure with a limit."""
        wanted = f"≥ {at_least:g}" if at_least is not None else f"≤ {at_most:g}"
        kept = value >= at_least if at_least is not None else value <= (at_most or 0)
        if not kept:
            self.missed.append(what)
        self._say(f"{what:<62} {value:.2f}  goal {wanted}  {'kept' if kept else 'MISSED'}")

    def summary(self) -> None:
        self._say("\nall goals kept" if not self.missed else f"\nMISSED: {'; '.join(self.missed)}")

    def _say(self, line: str) -> None:
        self.lines.append(line)
        print(line, flush=True)
