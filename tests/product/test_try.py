from tests.product.harness import *
async def test_a(river):
    ana = await river.member("Ana")
    await river.say(ana, WORRYING)
    print(river.cards()[0].text, river.direct(ana)[0].text)
async def test_b(river):
    ana = await river.member("Ana")
async def test_c(bare):
    pass
