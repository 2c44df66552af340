"""Short functions that are copied as a whole, and differ in names, texts and one call."""


class Users:
    def close(self):
        self.cursor.close()
        self.connection.close()
        self.log.close()

    def find(self, user_id):
        rows = self.store.all_users()
        for row in rows:
            if row.number == user_id:
                return self.store.user(user_id)
        raise KeyError("No such user")


class Orders:
    def shut_down(self):
        self.reader.close()  #! repeated-code: Lines 20-22 (3 statements) repeat lines 6-8
        self.writer.close()
        self.journal.close()

    def look_up(self, order_id):
        found = self.store.all_users()  #! repeated-code: Lines 25-29 (5 statements) repeat lines 11-15
        for one in found:
            if one.number == order_id:
                return self.store.order(order_id)
        raise KeyError("No such order")


class Shelf:
    def show(self, canvas):
        canvas.clear(self.name)
        canvas.text(self.name)

    def hide(self, canvas):
        canvas.wipe(self.name)
        canvas.lines(self.size, self.name)
