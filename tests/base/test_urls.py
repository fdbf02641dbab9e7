"""URLs that are shown: whatever a password holds and wherever it stands, nothing of it survives."""

from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from claims.base.urls import mask_settings, mask_url, mask_urls

START, END = "Qx7", "Zw9"  # of every password here, so that its parts are known again
RAW = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
PASSWORDS = RAW.map(lambda middle: START + middle + END)
ENCODED = {
    "user part": lambda p: f"postgresql+psycopg://claims:{quote(p, safe='')}@db.example:5432/claims",
    "odbc option": lambda p: "mssql+pyodbc:///?odbc_connect=" + quote_plus(odbc("PWD", p)),
    "odbc option, other name": lambda p: "mssql+pyodbc:///?odbc_connect=" + quote(odbc("password", p)),
    "option": lambda p: f"postgresql://db/claims?user=claims&password={quote_plus(p)}&sslmode=require",
    "encoded name": lambda p: f"mysql://db/claims?%70ass%77ord={quote(p, safe='')}",
    "token": lambda p: f"https://mlflow.example/?access_token={quote(p, safe='')}#top",
    "fragment": lambda p: f"https://mlflow.example/#access_token={quote(p, safe='')}",
    "signed address": lambda p: f"https://store.example/claims?se=2026&sig={quote(p, safe='')}&sp=r",
    "a web address's user": lambda p: f"https://{quote(p, safe='')}:x-oauth-basic@git.example/claims.git",
    "a lone user": lambda p: f"https://{quote(p, safe='')}@git.example/claims.git",
}
AS_TYPED = {  # not encoded, as people type them
    "user part": lambda p: f"postgresql://claims:{p}@db.example/claims",
    "a name with @": lambda p: f"mysql://claims@corp:{p}@db.example/claims",
    "no host": lambda p: f"postgresql://claims:{p.replace('@', '')}",
    "no second slash": lambda p: f"postgresql:/claims:{p}@db.example/claims",
}


def odbc(name: str, password: str) -> str:
    value = password.replace("}", "}}")
    return f"DRIVER={{ODBC Driver 18}};SERVER=db.example;UID=claims;{name}={{{value}}};Encrypt=yes"


def survives(masked: str) -> bool:
    return START in masked or END in masked


@pytest.mark.parametrize("form", ENCODED, ids=str)
@given(password=PASSWORDS)
@example(password=f"{START}p@ss/w:rd?#&;={{}}%+{END}")
def test_no_encoded_password_survives(form: str, password: str) -> None:
    url = ENCODED[form](password)
    for shown in (mask_url(url), mask_urls(f"cannot reach '{url}': refused"), mask_settings({"a": [url]})):
        assert not survives(str(shown)), shown


@pytest.mark.parametrize("form", AS_TYPED, ids=str)
@given(password=PASSWORDS)
@example(password=f"{START}p@ss/w:rd?#&;={{}}%+{END}")
def test_no_password_survives_that_was_typed_as_it_is(form: str, password: str) -> None:
    url = AS_TYPED[form](password)
    assert not survives(mask_url(url))
    assert not survives(mask_urls(f"cannot reach {url} now", url))


@given(password=PASSWORDS, url=st.sampled_from([*ENCODED.values(), *AS_TYPED.values()]))
def test_what_is_masked_stays_as_it_is(password: str, url) -> None:
    masked = mask_url(url(password))
    assert mask_url(masked) == masked


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "postgresql://claims:secret@db.example:5432/claims",
            "postgresql://claims:***@db.example:5432/claims",
        ),
        (
            "postgresql://claims:p%40ss@db/claims?sslmode=require",
            "postgresql://claims:***@db/claims?sslmode=require",
        ),
        ("postgresql://claims:p@ss@db/claims", "postgresql://claims:***@db/claims"),
        ("postgresql://u:p@[::1]:5432/claims", "postgresql://u:***@[::1]:5432/claims"),
        ("postgresql://db/claims?password=secret&user=me", "postgresql://db/claims?password=***&user=me"),
        (
            "mssql+pyodbc:///?odbc_connect=DRIVER%3D%7BA+B%7D%3BSERVER%3Ddb%3BUID%3Dme%3BPWD%3Dsecret",
            "mssql+pyodbc:///?odbc_connect=DRIVER={A+B};SERVER=db;UID=me;PWD=***",
        ),
        ("jdbc:sqlserver://db:1433;user=me;password=secret", "jdbc:sqlserver://db:1433;user=me;password=***"),
        ("https://token@git.example/claims.git", "https://***@git.example/claims.git"),
        ("https://me:token@git.example/claims.git", "https://me:***@git.example/claims.git"),
        ("https://token:@git.example/claims.git", "https://***@git.example/claims.git"),
        ("postgres:/me:secret@db/claims", "db/claims"),
        ("postgres//me:secret@host:x/claims://", "host:x/claims://"),
        ("postgresql://db/claims?password=a&b", "postgresql://db/claims?password=***&***"),
    ],
)
def test_what_is_not_secret_is_still_shown(url: str, shown: str) -> None:
    assert mask_url(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///data/demo/claims_production.db",
        "sqlite:////srv/claims.db?mode=ro",
        "postgresql://claims@db.example:5432/claims?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "ssh://git@git.example/claims.git",
        "s3://bucket/claims",
        "http://127.0.0.1:5000",
        "http://[::1]:5000/#/experiments",
        "data/raw/claims.csv",
        "mssql+pyodbc://db/claims?driver=ODBC+Driver+18+for+SQL+Server",
        "mssql+pyodbc:///?odbc_connect=DRIVER%3D%7Bx%7D%3BTrusted_Connection%3Dyes",
    ],
)
def test_a_url_without_a_secret_is_shown_as_it_was_written(url: str) -> None:
    assert mask_url(url) == url
    assert mask_urls(f"{url}: no such file") == f"{url}: no such file"


def test_every_url_of_a_text_is_masked() -> None:
    text = "fatal: 'https://a:b@c/d' and (postgresql://e:f@g/h), see http://127.0.0.1:8000."
    assert mask_urls(text) == (
        "fatal: 'https://a:***@c/d' and (postgresql://e:***@g/h), see http://127.0.0.1:8000."
    )


def test_settings_keep_their_form() -> None:
    settings = {"source": {"url": "mysql://a:b@c/d", "rows": 3}, "names": ["e@f", None, "mysql://a:b@c"]}
    assert mask_settings(settings) == {
        "source": {"url": "mysql://a:***@c/d", "rows": 3},
        "names": ["e@f", None, "mysql://a:***@c"],
    }
