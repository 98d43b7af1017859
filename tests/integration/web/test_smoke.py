import time

from tests.integration.web.world import *


def test_a(world):
    print(world.order("marche").state)
    for l in (SUPPLIER, titulaire("marche"), INSTRUCTOR, DISTRIBUTOR, ENDED):
        t=time.time(); r = as_(l).get("/"); print(l, r.status_code, time.time()-t)
    t=time.time(); r = as_(SUPPLIER).get("/"); print(time.time()-t)
    print(as_(NOBODY).get("/").status_code)
def test_b(world):
    print(written())
