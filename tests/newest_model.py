"""Holds the challenges of `standard` against a release of botocore in a folder of its own, and prints what it finds."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path


def challenges_of_model(folder: Path) -> set[str]:
    """Return the shape ChallengeNameType of the service model in a folder into which botocore was installed."""
    (model,) = folder.glob("botocore/data/cognito-idp/*/service-2.json.gz")
    return set(json.loads(gzip.decompress(model.read_bytes()))["shapes"]["ChallengeNameType"]["enum"])


def challenges_of_flow() -> set[str]:
    """Return the challenges that `flowengine table standard` shows."""
    script = str(Path(sys.executable).with_name("flowengine"))
    table = subprocess.run([script, "table", "standard", "--json"], check=True, capture_output=True, text=True)
    return {row["challenge"] for row in json.loads(table.stdout)["challenges"]}


def main() -> int:
    """Compare the two; the status is 1 if a challenge is missing."""
    folder = Path(sys.argv[1])
    (release,) = (path.name for path in folder.glob("botocore-*.dist-info"))
    known, shown = challenges_of_model(folder), challenges_of_flow()
    missing = sorted(known - shown)
    print(f"{release.removesuffix('.dist-info')}: {len(known)} challenges, missing: {', '.join(missing) or 'none'}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
