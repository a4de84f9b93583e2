"""The WordPress plugin itself, led to Weir as docs/recipes/wordpress.md says."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

HERE = Path(__file__).parent
RECIPE = HERE.parents[1] / "docs" / "recipes" / "wordpress.md"
COMMENT = {
    "comment_author": "Grace",
    "comment_author_email": "",
    "comment_author_url": "",
    "comment_content": "How long are these boats? Être là, 船も。",
}


@pytest.fixture(scope="module")
def wordpress():
    """A WordPress installation with the plugin, such as Debian's package unpacks."""
    root = Path(os.environ.get("WEIR_TEST_WORDPRESS", "/usr/share/wordpress"))
    if not shutil.which("php"):
        pytest.skip("php is not installed")
    if not (root / "wp-content/plugins/akismet").is_dir():
        pytest.skip(f"no WordPress in {root}: set WEIR_TEST_WORDPRESS")
    return root


@pytest.fixture
def comment(server, wordpress, tmp_path, akismet_keys):
    """Ask what the plugin makes of the key, and what becomes of a comment."""
    mu_plugin = tmp_path / "weir.php"
    mu_plugin.write_text(dedent(re.search(r" *```php\n(.*?)```", RECIPE.read_text(), re.S)[1]))

    def ask(site="spam-queue", *, key=None, post=None, headers=None, **fields):
        task = {
            "url": server.url,
            "key": key or akismet_keys[site],
            "post": post or {"author": "Grace"},
            "server": headers or {"HTTP_USER_AGENT": "Lynx"},
            "comment": COMMENT | fields,
        }
        command = ["php", "php/akismet_plugin.php", str(wordpress), str(mu_plugin)]
        done = subprocess.run(command, cwd=HERE, input=json.dumps(task).encode(),
                              capture_output=True, timeout=60, check=True)  # fmt: skip
        return json.loads(done.stdout)

    return ask


def test_the_plugin_finds_the_key_valid(comment):
    assert comment()["key"] == "valid"
    assert comment(key="zzzzzzzzzzzz")["key"] == "invalid"


@pytest.mark.parametrize(
    ("site", "becomes"),
    [("spam-queue", "spam"), ("wordpress-pending", "0"), ("ham", "as before")],
)
def test_what_is_held_lands_where_the_site_wants_it(comment, site, becomes):
    assert comment(site)["comment"] == becomes


def test_what_is_rejected_is_discarded(comment):
    assert comment(comment_author="viagra-test-123")["comment"] == "discarded"


def test_hundreds_of_form_fields_and_headers_change_nothing(comment):
    post = {f"field_{n}": "" for n in range(300)}
    headers = {f"HTTP_X_{n}": "a=b&c" for n in range(300)}

    assert comment(post=post, headers=headers)["comment"] == "spam"


@pytest.mark.parametrize("name", ["user_role", "user_role[]", "user_role[0"])
def test_no_visitor_can_smuggle_a_role_past_the_plugin(comment, name):
    smuggled = {"author": "A", f"x&{name}=administrator&y": "1"}

    assert comment(post=smuggled)["comment"] == "spam"
