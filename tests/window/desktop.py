"""Plays a desktop for the window under test: portal settings, notifications, the file manager's bus name, reading the
clipboard, a window to drag from, and another program's window.

Reads one JSON command per line and answers each with one line. Needs GTK 3 for the system's Python.
"""

import json
import os
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, Gio, GLib, Gtk  # noqa: E402

INTERFACES = """<node>
<interface name='org.freedesktop.portal.Settings'>
  <method name='Read'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='v' direction='out'/></method>
  <method name='ReadOne'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='v' direction='out'/></method>
  <signal name='SettingChanged'><arg type='s'/><arg type='s'/><arg type='v'/></signal>
</interface>
<interface name='org.freedesktop.Notifications'>
  <method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>
    <arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>
    <arg type='a{sv}' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='out'/></method>
  <method name='GetCapabilities'><arg type='as' direction='out'/></method>
  <method name='GetServerInformation'><arg type='s' direction='out'/><arg type='s' direction='out'/>
    <arg type='s' direction='out'/><arg type='s' direction='out'/></method>
  <method name='CloseNotification'><arg type='u' direction='in'/></method>
</interface>
<interface name='org.freedesktop.FileManager1'>
  <method name='ShowItems'><arg type='as' direction='in'/><arg type='s' direction='in'/></method>
</interface>
</node>"""

PORTAL = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings")
NAMES = [
    PORTAL,
    ("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications"),
    ("org.freedesktop.FileManager1", "/org/freedesktop/FileManager1", "org.freedesktop.FileManager1"),
]

settings = {"color-scheme": 0, "contrast": 0}
notes, shown, windows = [], [], {}
owned = set()
bus = Gio.bus_get_sync(Gio.BusType.SESSION)


def answer(_bus, _sender, _path, _interface, method, words, call):
    words = words.unpack()
    if method in ("Read", "ReadOne"):
        if words[0] != "org.freedesktop.appearance" or words[1] not in settings:
            call.return_dbus_error("org.freedesktop.portal.Error.NotFound", "Requested setting not found")
            return
        value = GLib.Variant("u", settings[words[1]])
        call.return_value(GLib.Variant("(v)", (GLib.Variant("v", value) if method == "Read" else value,)))
    elif method == "Notify":
        notes.append({"title": words[3], "text": words[4]})
        call.return_value(GLib.Variant("(u)", (len(notes),)))
    elif method == "GetCapabilities":
        call.return_value(GLib.Variant("(as)", (["body"],)))
    elif method == "GetServerInformation":
        call.return_value(GLib.Variant("(ssss)", ("test", "test", "1", "1.2")))
    elif method == "ShowItems":
        shown.extend(words[0])
        call.return_value(None)
    else:
        call.return_value(None)


def own(name, path, interface):
    node = Gio.DBusNodeInfo.new_for_xml(INTERFACES)
    bus.register_object(path, node.lookup_interface(interface), answer, None, None)
    Gio.bus_own_name_on_connection(bus, name, Gio.BusNameOwnerFlags.NONE, lambda _bus, name: ready(name), None)


def ready(name):
    owned.add(name)
    if len(owned) == len(NAMES):
        reply(True)


def reply(value):
    print(json.dumps(value), flush=True)


def change(key, value):
    """Changes a setting of the desktop."""
    settings[key] = value
    words = GLib.Variant("(ssv)", ("org.freedesktop.appearance", key, GLib.Variant("u", value)))
    bus.emit_signal(None, PORTAL[1], PORTAL[2], "SettingChanged", words)
    return True


def source(uris):
    """Opens a window in the corner to drag these addresses from; closes the previous one."""
    close("source")
    window = Gtk.Window(type=Gtk.WindowType.POPUP)
    window.set_default_size(60, 60)
    box = Gtk.EventBox()
    box.add(Gtk.Label(label="drag"))
    box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    box.drag_source_add_uri_targets()
    box.connect("drag-data-get", lambda _box, _context, data, _info, _time: data.set_uris(uris))
    window.add(box)
    window.move(0, 0)
    window.show_all()
    windows["source"] = window
    return True


def other(_=None):
    """Opens another program's window, which takes the focus."""
    close("other")
    window = Gtk.Window(title="another program")
    window.set_default_size(300, 200)
    window.add(Gtk.Entry())
    window.show_all()
    window.present()
    windows["other"] = window
    return True


def close(name):
    window = windows.pop(name, None)
    if window:
        window.destroy()
    return True


def clipboard(_=None):
    return Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).wait_for_text() or ""


def taken(what):
    """Returns what has arrived since the last call."""
    arrived = {"notes": notes, "shown": shown}[what]
    now = list(arrived)
    arrived.clear()
    return now


COMMANDS = {
    "scheme": lambda value: change("color-scheme", value),
    "contrast": lambda value: change("contrast", value),
    "source": source,
    "other": other,
    "close": close,
    "clipboard": clipboard,
    "taken": taken,
}


def heard(channel, _condition):
    line = channel.readline()
    if not line:
        Gtk.main_quit()
        return False
    name, value = json.loads(line)
    reply(COMMANDS[name](value))
    return True


settings["color-scheme"] = int(os.environ.get("SCHEME", "0"))
for each in NAMES:
    own(*each)
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, heard)
Gtk.main()
