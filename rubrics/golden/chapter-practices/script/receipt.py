import sys, json
from datetime import datetime

vat = 0.21
lines = []
total = 0

def doit(x):
    global total
    lines.append(x["name"] + "  " + str(x["amount"]) + " x " + str(x["price"]))
    total = total + x["amount"] * x["price"]

try:
    items = json.load(open(sys.argv[1]))
except:
    items = [{"name": "tea", "amount": 2, "price": 3.5}, {"name": "cake", "amount": 1, "price": 4.25}]

for item in items:
    doit(item)

print("Receipt of", datetime.now().date())
for line in lines:
    print(line)
if total > 50:
    discount = total * 0.1
    discount = round(discount, 2)
    total = total - discount
    print("Discount", discount)
with_vat = total * (1 + vat)
with_vat = round(with_vat, 2)
print("Total", round(total, 2))
print("With VAT", with_vat)
data2 = []
for item in items:
    if item["price"] > 4:
        data2.append(item["name"])
print("Dear things:", ", ".join(data2))
tmp = []
for item in items:
    if item["amount"] > 1:
        tmp.append(item["name"])
print("Bought more than once:", ", ".join(tmp))
