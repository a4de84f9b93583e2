"""The champion inside a running process: the shipped base, loaded and verified once."""

import logging
from pathlib import Path

from model.artifact import BadArtifact, BaseModel, load
from model.base_digest import DIGEST
from model.features import FORMAT
from model.scorer import Scorer

BASE = Path(__file__).parent / "base"

log = logging.getLogger(__name__)


class Live:
    """Hands out the scorer in force.

    A model that can't be trusted is not used: then there is no scorer, every comment is
    held (`model-unavailable`), and the log says why.
    """

    def __init__(self, folder: Path = BASE, digest: str = DIGEST) -> None:
        self._scorer: Scorer | None = None
        try:
            self._scorer = Scorer(_numbered_alike(load(folder, digest=digest)))
        except BadArtifact as error:
            log.critical("no model, every comment will be held: %s", error)

    def scorer(self) -> Scorer | None:
        """The scorer, or None when no model could be loaded."""
        return self._scorer


def _numbered_alike(base: BaseModel) -> BaseModel:
    said = base.card.get("features", {}).get("format", FORMAT)
    if said != FORMAT:
        raise BadArtifact(f"fitted on features numbered {said}, this program numbers {FORMAT}")
    return base
