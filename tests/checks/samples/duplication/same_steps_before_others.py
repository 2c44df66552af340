"""The first steps of two loops are the same; what they do at the end is not."""


def labels(soup, fields):
    for row in soup.find_all("tr"):
        cells = row.find_all("td")
        if len(cells) == 2:
            label = cells[0].get_text(strip=True)
            fields[label] = " ".join(cells[1].text.split())
            print(len(fields))


def links(soup, fields):
    for item in soup.find_all("li"):  #! repeated-code: Lines 14-17 (4 statements) repeat lines 5-8
        words = item.find_all("a")
        if len(words) == 2:
            link = words[0].get_text(strip=True)
            fields.append(link.lower())


def headings(soup, fields):
    for part in soup.find_all("h1"):
        words = part.find_all("b")
        if words:
            fields.append(words)
