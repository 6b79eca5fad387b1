"""The part of a night that delivers alerts; it never fails the night."""

from sqlalchemy.exc import SQLAlchemyError

from index.engine import IndexUnusableError
from normalizers.failures import ADVICE, Failure
from pipelines.alerts import load_alerts
from pipelines.catalogue import Catalogue
from pipelines.clock import Clock
from pipelines.config import Config, ConfigError
from pipelines.own_tables import load_region_names


def deliver_after_night(config: Config, catalogue: Catalogue, clock: Clock) -> tuple[str, ...]:
    """Deliver what the night has brought; lines for its report, what went wrong by name among them."""
    try:
        with catalogue.read() as connection:
            if not load_alerts(connection):
                return ()
        return _deliver(config, catalogue, clock)
    except (ConfigError, IndexUnusableError, SQLAlchemyError, OSError) as error:
        return (_told(error),)


def _deliver(config: Config, catalogue: Catalogue, clock: Clock) -> tuple[str, ...]:
    # The portal takes 0.7 s of CPU to import, and most installations have no alert.
    from portal.alerts.lock import DeliveryRunning
    from portal.alerts.run import deliver_due
    from portal.alerts.secret_file import SecretsError
    from zhengce.alert_service import alert_service

    regions = load_region_names(config.data)
    try:
        report = deliver_due(alert_service(config, catalogue, regions, clock))
    except DeliveryRunning as error:
        return (f"通知：{error}，由它发出",)
    except SecretsError as error:
        return (_told(error),)
    return tuple(report.lines) if report.worth_telling else ()


def _told(error: Exception) -> str:
    return f"通知 {Failure.ALERTS_FAILED}：{ADVICE[Failure.ALERTS_FAILED]}（{error}）"
