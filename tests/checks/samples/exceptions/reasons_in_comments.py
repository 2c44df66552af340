"""A comment in a silent handler that gives a reason makes it advice."""
#! measure careless_handlers = 8
#! measure quiet_handlers = 6

import cv2


def close_window():
    try:
        cv2.destroyWindow("camera")
    except cv2.error:  #! quiet-handler
        pass  # window already closed
    try:
        cv2.destroyWindow("camera")
    except cv2.error:  #! quiet-handler
        # The window is already closed.
        pass
    try:
        cv2.destroyWindow("camera")
    except cv2.error:  # window already closed #! quiet-handler
        pass
    try:
        cv2.destroyWindow("camera")
    except cv2.error:  #! quiet-handler
        pass
        # the user closed it before
    try:
        cv2.destroyWindow("camera")
    except cv2.error: pass  # window already closed #! quiet-handler
    try:
        cv2.destroyWindow("camera")
    except cv2.error:  #! quiet-handler
        """The window is already closed."""


def close_without_a_reason():
    try:
        cv2.destroyWindow("camera")
    except cv2.error:  #! swallowed-error
        pass  # ignore
    try:
        cv2.destroyWindow("camera")
    except cv2.error:  #! swallowed-error
        pass  # TODO: handle this error later
    try:
        cv2.destroyWindow("camera")
    except cv2.error:  #! swallowed-error
        # just ignore the exception
        pass
    try:
        cv2.destroyWindow("camera")
    except cv2.error:  #! swallowed-error
        # print("window already closed")
        pass
    try:
        cv2.destroyWindow("camera")
    except cv2.error:  # noqa: S110 #! swallowed-error
        pass
    try:
        cv2.destroyWindow("camera")
    except cv2.error:  #! swallowed-error
        pass

    # the window is closed by now
    try:
        cv2.destroyWindow("camera")
    except Exception:  #! swallowed-error
        pass  # window already closed
    try:
        cv2.destroyWindow("camera")
    except:  #! bare-except
        pass  # window already closed
