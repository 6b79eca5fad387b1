"""A small installation for the tests of alerts: a catalogue, an index, and a clock that is set by hand."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

from made_policies import store

from index.sync import sync_index
from index.tantivy_engine import TantivyEngine
from normalizers.policy import Policy
from pipelines.alert_settings import AlertSettings
from pipelines.alerts import Alert, AlertState, Rhythm, Topic, add_alert, find_alert
from pipelines.catalogue import Catalogue
from pipelines.changes import ChangeKind
from portal.alerts.run import AlertReport, Service, deliver_due
from portal.alerts.secret_file import SecretFile
from portal.alerts.targets import parse_target
from portal.library import Library

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
PUBLIC = "https://policy.example.org"
REGIONS = {"990000": "演示省"}


@dataclass
class House:
    """A small installation; `now` is its time."""

    folder: Path
    catalogue: Catalogue
    engine: TantivyEngine
    settings: AlertSettings
    public_url: str = PUBLIC
    now: datetime = START
    made: int = field(default=0)

    @property
    def service(self) -> Service:
        library = Library(self.engine.reader(), self.catalogue, REGIONS)
        return Service(library, self.catalogue, self.settings, self.folder, self.public_url, lambda: self.now)

    def add(
        self,
        target: str,
        query: str = "",
        *,
        topics: str = "new changed status",
        rhythm: Rhythm = Rhythm.INSTANT,
        state: AlertState = AlertState.ACTIVE,
        name: str = "演示订阅",
        key: str = "",
    ) -> str:
        """Add an alert and return its id."""
        self.made += 1
        alert_id = f"{self.made:016x}"
        parsed = parse_target(target, key)
        with self.catalogue.write() as connection:
            add_alert(
                connection,
                Alert(
                    alert_id,
                    name,
                    query,
                    parsed.kind,
                    parsed.address,
                    frozenset(map(Topic, topics.split())),
                    rhythm,
                    state,
                    self.now,
                ),
            )
        if parsed.secret:
            SecretFile(self.folder).add(alert_id, parsed.secret)
        return alert_id

    def store(self, policies: Sequence[Policy], kind: ChangeKind = ChangeKind.NEW, **more: bool) -> None:
        """Commit policies and bring the index level."""
        store(self.catalogue, policies, kind, at=self.now, **more)
        sync_index(self.catalogue, self.engine)

    def run(self, linger: float = 0.0, **later: float) -> AlertReport:
        """Deliver what is due, some time later."""
        self.now += timedelta(**later)
        return deliver_due(self.service, linger=linger)

    def alert(self, alert_id: str) -> Alert:
        with self.catalogue.read() as connection:
            found = find_alert(connection, alert_id)
        assert found is not None
        return found


@contextmanager
def installation(folder: Path) -> Iterator[House]:
    """A house over an empty catalogue; addresses of this machine are allowed as targets."""
    catalogue = Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite'}")
    settings = AlertSettings(sender="policy@example.org", networks=(ip_network("127.0.0.1"),))
    yield House(folder, catalogue, TantivyEngine(folder / "index"), settings)
    catalogue.close()
