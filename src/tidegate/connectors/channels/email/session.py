"""A connection to an SMTP server that is kept from one mail to the next."""

import smtplib
import socket
import ssl
from typing import Final

from tidegate.connectors.channels.email.server import Security, SmtpServer
from tidegate.connectors.channels.email.watch import limited
from tidegate.connectors.channels.undelivered import Fault, Undelivered

MAILS_BY_ONE_CONNECTION: Final = 100
LONGEST_ANSWER: Final = 500
DEADLINE: Final = 60.0
"""Seconds for handing one mail over, with all that comes before it."""

_CLOSING: Final = 421
# RFC 3463 and RFC 5321, section 4.2.3: the client must first prove who it is, or could not.
_UNPROVEN: Final = frozenset({530, 534, 535, 538})


class SmtpSession:
    """Hands over one mail after the other; connects when it must. For one thread."""

    def __init__(self, server: SmtpServer) -> None:
        self.server = server
        self._connection: smtplib.SMTP | None = None
        self._is_ready = False
        self._handed_over = 0

    def send(self, sender: str, recipient: str, message: bytes) -> str:
        """Hand one mail over for one recipient; gives what the server answered. Raises Undelivered."""
        try:
            with limited(DEADLINE, self._cut):
                self._begin(sender)
                answer = self._hand_over(recipient, message)
        except Undelivered as error:
            self._recover(error)
            raise
        except (OSError, smtplib.SMTPException, ValueError) as error:
            # ValueError: a host name that no encoding has, or an answer that is no code.
            self.close()
            raise Undelivered(_say(error), fault=Fault.CHANNEL) from error
        self._handed_over += 1
        if self._handed_over >= MAILS_BY_ONE_CONNECTION:
            self.close()
        return answer

    def check(self) -> str:
        """Connect, prove who we are, and leave; gives what the server answered. Raises Undelivered."""
        self.close()
        try:
            with limited(DEADLINE, self._cut):
                code, reply = self._open().noop()
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise Undelivered(_say(error), fault=Fault.CHANNEL) from error
        finally:
            self.close()
        return _answer(code, reply)

    def quit(self) -> None:
        """Take leave of the server, if there is a connection, and end it."""
        try:
            if self._connection is not None and self._is_ready:
                with limited(DEADLINE, self._cut):
                    self._connection.quit()
        except (OSError, smtplib.SMTPException):
            # It was gone already.
            pass
        finally:
            self.close()

    def close(self) -> None:
        """End the connection, if there is one, without ceremony."""
        connection, self._connection, self._is_ready = self._connection, None, False
        self._handed_over = 0
        if connection is not None:
            connection.close()

    def _begin(self, sender: str) -> None:
        was_ready = self._is_ready
        try:
            code, reply = self._open().mail(sender)
        except (OSError, smtplib.SMTPServerDisconnected):
            if not was_ready:
                raise
            # It closed while we had nothing for it; no mail was begun, so none is sent twice.
            self.close()
            code, reply = self._open().mail(sender)
        if code != 250:
            # The server does not take us, or our address: that is no recipient's doing.
            permanent = code >= 500 and code not in _UNPROVEN
            raise Undelivered(_answer(code, reply), fault=Fault.CHANNEL, is_permanent=permanent)

    def _hand_over(self, recipient: str, message: bytes) -> str:
        connection = self._open()
        code, reply = connection.rcpt(recipient)
        if code not in {250, 251}:
            raise _refusal(code, reply)
        try:
            code, reply = connection.data(message)
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        if code != 250:
            raise _refusal(code, reply)
        return _answer(code, reply)

    def _recover(self, error: Undelivered) -> None:
        """After a refusal the connection serves the next mail, if it can be brought back to its beginning."""
        try:
            if error.fault is Fault.CHANNEL or self._open().rset()[0] != 250:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _open(self) -> smtplib.SMTP:
        """The connection, ready for a mail."""
        server = self.server
        if self._connection is not None and self._is_ready:
            return self._connection
        trust = ssl.create_default_context()
        if server.security is Security.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(timeout=server.patience, context=trust)
        else:
            connection = smtplib.SMTP(timeout=server.patience)
        # smtplib keeps the name for TLS only when it connects at once, and then it cannot be cut off.
        vars(connection)["_host"] = server.host
        self._connection = connection
        code, reply = connection.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, reply)
        if server.security is Security.STARTTLS:
            connection.starttls(context=trust)
        connection.ehlo_or_helo_if_needed()
        if server.user_name:
            connection.login(server.user_name, server.password)
        self._is_ready = True
        return connection

    def _cut(self) -> None:
        connection = self._connection
        if connection is None or connection.sock is None:
            return
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            # It is over already.
            return


def _refusal(code: int, reply: bytes | str) -> Undelivered:
    fault = Fault.CHANNEL if code == _CLOSING or code in _UNPROVEN else Fault.MESSAGE
    return Undelivered(_answer(code, reply), fault=fault, is_permanent=500 <= code < 600)


def _say(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return _shown(str(error) or type(error).__name__)


def _answer(code: int, reply: bytes | str) -> str:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return _shown(f"{code} {text}")


def _shown(text: str) -> str:
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line[:LONGEST_ANSWER]
