def word_count(text, least=1):
    assert isinstance(text, str)
    assert least > 0
    words = [word for word in text.split() if len(word) >= least]
    return len(words)


if __name__ == "__main__":
    first = word_count("a few words".title(), least=1)
    second = word_count("many more words".title(), least=2)
    assert first + second == 6
    third = word_count("no words".title(), least=1)
    fourth = word_count("or one word".title(), least=2)
    assert third + fourth == 5
    assert word_count("", least=1) == 0
    assert word_count(" ", least=1) == 0
    assert word_count("a", least=2) == 0
