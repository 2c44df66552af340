"""Showing or logging an error of any kind hides where it came from, as `print` does."""
#! measure careless_handlers = 27

import logging
import sys
import tkinter as tk
from tkinter import messagebox

import click
import streamlit as st
from flask import Flask, flash, redirect
from PyQt5.QtWidgets import QMessageBox

app = Flask(__name__)
logger = logging.getLogger(__name__)


def save_order(order):
    try:
        store(order)
    except Exception as e:  #! blind-except: only shows
        messagebox.showerror("Error", str(e))
    try:
        store(order)
    except Exception as e:  #! blind-except: only shows
        QMessageBox.critical(None, "Error", f"Could not save: {e}")
    try:
        store(order)
    except Exception as e:  #! blind-except: only shows
        st.error(f"Could not save: {e}")
    try:
        store(order)
    except Exception as e:  #! blind-except: only shows
        click.echo(f"Could not save: {e}", err=True)
    try:
        store(order)
    except Exception as e:  #! blind-except: only logs
        sys.stderr.write(f"{e}\n")
    try:
        store(order)
    except Exception as e:  #! blind-except: only shows
        flash(str(e))


def log_order(order):
    try:
        store(order)
    except Exception as e:  #! blind-except: only logs
        logging.error("Could not save: %s", e)
    try:
        store(order)
    except Exception as e:  #! blind-except: only logs
        logger.warning(f"Could not save: {e}")
    try:
        store(order)
    except Exception as e:  #! blind-except: only logs
        app.logger.error(e)
        return None
    try:
        store(order)
    except Exception as e:  #! blind-except
        message = f"Could not save: {e}"
        logger.error(message)
        return []
    return order


class Window:
    def save(self):
        try:
            store(self)
        except Exception as e:  #! blind-except: only shows
            self.status_label.config(text=f"Error: {e}")
        try:
            store(self)
        except Exception as e:  #! blind-except: only shows
            self.status_label["text"] = str(e)
        try:
            store(self)
        except Exception as e:  #! blind-except: only shows
            self.result.text = str(e)
        try:
            store(self)
        except Exception as e:  #! blind-except: only shows
            self.label.setText(str(e))
        try:
            store(self)
        except Exception as e:  #! blind-except: only shows
            self.statusBar().showMessage(str(e))
        try:
            store(self)
        except Exception as e:  #! blind-except: only shows
            self.status_var.set(str(e))
        try:
            store(self)
        except Exception as e:  #! blind-except: only shows
            self.notes.insert(tk.END, str(e))
        try:
            store(self)
        except Exception as e:  #! blind-except: only logs
            self._logger.error(f"Could not save: {e}")
            return {}
        try:
            store(self)
        except Exception as e:  #! blind-except: only shows
            self.show_message(f"Could not save: {e}")
        try:
            store(self)
        except Exception as e:  #! blind-except: only shows
            self.view.display_error(e)
        return self


async def reply(update, context):
    try:
        store(update)
    except Exception as e:  #! blind-except: only shows
        await update.message.reply_text(f"Error: {e}")
    try:
        store(update)
    except Exception as e:  #! blind-except: only shows
        return await context.bot.send_message(1, str(e))


@app.route("/orders")
def save_and_go_on():
    try:
        store(app)
    except Exception as e:  #! blind-except: only shows
        error = str(e)
        flash(error)
    return redirect("/")


def note(order):
    try:
        store(order)
    except BaseException as e:  #! blind-except
        with open("errors.txt", "a") as file:
            file.write(f"{e}\n")


def note_later(order):
    try:
        store(order)
    except Exception as e:  #! blind-except
        lines = ""
        lines += str(e)
        print(lines)


def show_later(root, order):
    try:
        store(order)
    except Exception as e:  #! blind-except: only shows
        root.after(0, lambda: messagebox.showerror("Error", str(e)))


def mail(order):
    try:
        import smtplib

        server = smtplib.SMTP("localhost")
        server.send_message(order)
        server.quit()
    except Exception as e:  #! blind-except: only shows
        print(f"Not sent: {e}")
