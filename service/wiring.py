"""Settings in, ready parts out: web, command line and worker all start here."""

from dataclasses import dataclass

from model.live import Live
from service.clock import Clock, system_clock
from service.db.accounts import Accounts
from service.db.engine import Database
from service.db.lockout import Lockout
from service.db.meta import check_instance_key
from service.db.sites import Sites
from service.desk import Desk
from service.errors import StorageError
from service.keyring import Keyring
from service.limiter import Limiter
from service.lookback import Lookback
from service.model_store import ModelStore
from service.remote_models import RemoteModels
from service.review import Review
from service.screening import Screening
from service.serving import Serving
from service.settings import Settings, instance_key, models_folder, models_url, prepare_data_dir


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a running process is made of."""

    settings: Settings
    clock: Clock
    keyring: Keyring
    database: Database
    sites: Sites
    accounts: Accounts
    lockout: Lockout
    live: Live
    store: ModelStore
    serving: Serving
    limiter: Limiter
    screening: Screening
    review: Review
    lookback: Lookback
    desk: Desk


def _bring_up(database: Database, keyring: Keyring, setting: str) -> None:
    try:
        database.migrate()
        check_instance_key(database, keyring)
    except StorageError as error:
        raise StorageError(f"{setting}: {error}") from error
    finally:
        # Whoever wires may fork next, and SQLite in a child that inherits an open file believes
        # its parent's locks to be its own. It then holds none, so the last process to close the
        # database unlinks the log under its hands: what it writes from there on is lost.
        # https://www.sqlite.org/howtocorrupt.html, 2.6
        database.close()


def _remote(settings: Settings) -> RemoteModels | None:
    url = models_url(settings)
    return RemoteModels(url) if url else None


def wire(settings: Settings, *, clock: Clock = system_clock, live: Live | None = None) -> Parts:
    """Put the parts together, with the database at its newest form.

    Raises SettingsError or StorageError, each with one line that names the setting to mend.
    """
    prepare_data_dir(settings)
    keyring = Keyring(instance_key(settings))
    database = Database(settings.database, threads=settings.threads)
    _bring_up(database, keyring, settings.database_setting)
    live = live or Live()
    store = ModelStore(models_folder(settings), keyring.artifacts, _remote(settings))
    serving = Serving(live, store)
    review = Review(database, keyring, clock)
    return Parts(
        settings=settings,
        clock=clock,
        keyring=keyring,
        database=database,
        sites=Sites(database, keyring, clock),
        accounts=Accounts(database, clock),
        lockout=Lockout(database, keyring, clock),
        live=live,
        store=store,
        serving=serving,
        limiter=Limiter(settings.redis_url.get_secret_value(), settings.rate_limit),
        screening=Screening(database, keyring, serving, clock, settings.deadline_ms),
        lookback=Lookback(database, clock),
        review=review,
        desk=Desk(database, review, clock),
    )
