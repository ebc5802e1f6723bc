import threading

import numpy as np

from calls.agent.encoder import DIMENSIONS, encoder


def test_one_per_process():
    assert encoder() is encoder()


def test_vectors_are_unit_rows():
    rows = encoder().vectors(["We open at nine.", "Do you take Visa?"])
    assert rows.shape == (2, DIMENSIONS)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_no_texts_no_rows():
    assert encoder().vectors([]).shape == (0, DIMENSIONS)


def test_kin_score_above_strangers_also_across_languages():
    kin, stranger, spanish = encoder().similar(
        "Are you a real person?", ["Am I talking to a human being?", "The roof is ten years old.", "¿Eres una persona real?"]
    )
    assert kin > 0.35
    assert stranger < 0.1
    assert spanish > 0.5


def test_same_vectors_from_many_threads():
    texts = [f"Line number {i} about the delivery." for i in range(4)]
    expected, found = encoder().vectors(texts), {}

    def work(name):
        found[name] = np.stack([encoder()._encode(t.lower()) for t in texts])  # past the cache

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert all(np.allclose(v, expected, atol=1e-5) for v in found.values())
