import pandas as pd
from queries import ARTISTS, SONGS


def load_songs(cursor, frame):
    songs = frame[["id", "title"]].dropna()
    for _, row in songs.iterrows():
        cursor.execute(SONGS, row)


def load_artists(cursor, path):
    frame = pd.read_json(path)
    artists = frame[["id", "name"]].dropna()  #! repeated-code: Lines 13-15 (3 statements) repeat lines 6-8
    for _, row in artists.iterrows():
        cursor.execute(ARTISTS, row)
