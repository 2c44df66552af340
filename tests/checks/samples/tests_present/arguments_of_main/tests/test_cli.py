from shop.cli import main


def test_add(capsys):
    main(["add", "milk"])
    assert capsys.readouterr().out == "milk\n"


def test_count(capsys):
    main(["count"])
    assert "1" in capsys.readouterr().out


def test_clear():
    assert main(["clear"]) == 0
