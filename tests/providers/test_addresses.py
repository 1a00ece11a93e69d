"""E1, E2, E4: where a link from a provider's answer may lead."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_ui.providers.addresses import (
    UnsafeLinkError,
    check_addresses,
    is_declared,
    is_loopback_url,
    is_public,
    read_location,
)

REFUSED_LINKS = [
    "",
    "v.mp4",
    "//cdn.example.com/v.mp4",
    "http://cdn.example.com/v.mp4",
    "ftp://cdn.example.com/v.mp4",
    "file:///etc/passwd",
    "gopher://cdn.example.com/",
    "javascript:alert(1)",
    "data:video/mp4;base64,AAAA",
    "https://",
    "https:///v.mp4",
    "https:cdn.example.com/v.mp4",
    "https://cdn.example.com:80/v.mp4",
    "https://cdn.example.com:8443/v.mp4",
    "https://cdn.example.com:0/v.mp4",
    "https://cdn.example.com:99999/v.mp4",
    "https://cdn.example.com:４４３/v.mp4",
    "https://user@cdn.example.com/v.mp4",
    "https://user:secret@cdn.example.com/v.mp4",
    "https://cdn.example.com@127.0.0.1/v.mp4",
    "https://cdn.example.com%40127.0.0.1/v.mp4",
    "https://cdn.example.com\\@127.0.0.1/v.mp4",
    "https://cdn.example.com\\.evil.example/v.mp4",
    "https://cdn.example.com /v.mp4",
    "https://cdn.example.com\t/v.mp4",
    "https://cdn.example.com\r\nHost: evil.example/v.mp4",
    "https://cdn.example.com/v.mp4\x00",
    "https://cdn.example.com/é.mp4",
    "https://cdn.éxample.com/v.mp4",
    "https://①②⑦.0.0.1/",
    "https://127。0。0。1/",
    "https://%31%32%37.0.0.1/",
    "https://cdn..example.com/",
    "https://cdn.example.com./",
    "https://.example.com/",
    "https://-cdn.example.com/",
    "https://cdn.example.com-/",
    f"https://{'a' * 64}.example.com/",
    f"https://{'a.' * 130}com/",
    f"https://cdn.example.com/{'a' * 9000}",
    # numbers that mean 127.0.0.1, 169.254.169.254 or something like it
    "https://2130706433/",
    "https://017700000001/",
    "https://0x7f000001/",
    "https://0x7f.0x0.0x0.0x1/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://0177.0.0.01/",
    "https://127.0.0.01/",
    "https://127.1/",
    "https://127.0.1/",
    "https://0/",
    "https://0x/",
    "https://127.0.0.1.5/",
    "https://256.256.256.256/",
    "https://0xa9fea9fe/",
    "https://2852039166/",
    "https://0251.0376.0251.0376/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::1%25lo]/",
    "https://[fe80::1%eth0]/",
    "https://[::1/",
    "https://::1/",
    "https://[127.0.0.1]/",
    "https://[v1.fe80::a]/",
]

REFUSED_ADDRESSES = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255",
    "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170",
    "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::7f00:1",
    "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "ff0e::1", "", "localhost", "8.8.8.8.8",
]  # fmt: skip

PUBLIC_ADDRESSES = [
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.0",
    "192.0.1.1", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::6810:84e5", "2a00:1450:4001:82b::200e",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED_LINKS, ids=ascii)
@pytest.mark.parametrize("allow_loopback", [False, True])
def test_read_location_of_a_link_with_a_trick_is_refused(url: str, allow_loopback: bool) -> None:
    """E1: also where the provider itself is on this machine."""
    with pytest.raises(UnsafeLinkError):
        read_location(url, allow_loopback=allow_loopback)


def test_read_location_keeps_path_and_query_as_they_are() -> None:
    """A signature stands for every character."""
    target = "/a%2Fb//../c.mp4;v=1?Policy=eyJ~_-&Signature=a+b%20c=&x=[1]'&Key-Pair-Id=K"
    location = read_location(f"https://CDN.Example.com:443{target}#part")
    assert (location.host, location.port, location.target) == ("cdn.example.com", 443, target)
    assert location.authority == "cdn.example.com"


@pytest.mark.parametrize("url", ["https://cdn.example.com", "https://cdn.example.com?", "https://cdn.example.com#x"])
def test_read_location_of_a_bare_host_asks_for_its_root(url: str) -> None:
    assert read_location(url).target == "/"


@pytest.mark.parametrize(
    ("url", "port", "authority"),
    [
        ("http://127.0.0.1:8123/v.mp4", 8123, "127.0.0.1:8123"),
        ("http://localhost/v.mp4", 80, "localhost"),
        ("https://[::1]:9/v.mp4", 9, "[::1]:9"),
    ],
)
def test_read_location_on_this_machine_needs_a_provider_there(url: str, port: int, authority: str) -> None:
    location = read_location(url, allow_loopback=True)
    assert (location.port, location.authority, location.is_loopback) == (port, authority, True)
    with pytest.raises(UnsafeLinkError):
        read_location(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_an_https_link_to_this_machine_without_a_provider_there_is_refused(host: str) -> None:
    location = read_location(f"https://{host}/v.mp4")
    with pytest.raises(UnsafeLinkError):
        check_addresses(location, [location.host])


@pytest.mark.parametrize("url", ["http://cdn.example.com/", "http://192.168.0.1/", "https://cdn.example.com:8443/"])
def test_read_location_elsewhere_stays_strict_beside_a_provider_on_this_machine(url: str) -> None:
    with pytest.raises(UnsafeLinkError):
        read_location(url, allow_loopback=True)


@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
def test_is_public_refuses(address: str) -> None:
    """E2."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_is_public_accepts(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_is_public_never_accepts_an_inner_address_in_another_dress(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    dresses = [number, 0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80]
    assert not any(is_public(str(ipaddress.IPv6Address(dress))) for dress in dresses)


@given(st.ip_addresses(v=4))
def test_read_location_of_a_number_is_one_address_or_refused(address: ipaddress.IPv4Address) -> None:
    """E1: hexadecimal, octal, decimal and mapped spellings of any address."""
    assert read_location(f"https://{address}/").host == str(address)
    number, octets = int(address), address.packed
    odd = [
        str(number),
        hex(number),
        f"0{number:o}",
        ".".join(hex(octet) for octet in octets),
        ".".join(f"0{octet:o}" for octet in octets),
        f"{octets[0]}.{number & 0xFFFFFF}",
        f"[::ffff:{address}]",
    ]
    for host in odd:
        with pytest.raises(UnsafeLinkError):
            read_location(f"https://{host}/")


@given(st.text(max_size=60))
def test_read_location_answers_or_refuses_whatever_it_is_given(text: str) -> None:
    for url in (text, f"https://{text}", f"https://cdn.example.com{text}"):
        try:
            location = read_location(url)
        except UnsafeLinkError:
            continue
        assert (location.scheme, location.port, location.is_loopback) == ("https", 443, False)
        assert location.target.startswith("/")
        assert "@" not in location.authority


@pytest.mark.parametrize("addresses", [[], ["8.8.8.8", "127.0.0.1"], ["2606:4700::1", "::1"], ["169.254.169.254"]])
def test_check_addresses_with_one_that_is_not_public_refuses_all(addresses: list[str]) -> None:
    """E2: a name with two addresses cannot hide the inner one behind the other."""
    location = read_location("https://cdn.example.com/v.mp4")
    with pytest.raises(UnsafeLinkError, match=r"cdn\.example\.com"):
        check_addresses(location, addresses)
    check_addresses(location, ["8.8.8.8", "2606:4700::1"])


def test_check_addresses_on_this_machine_stay_there() -> None:
    location = read_location("http://localhost:81/", allow_loopback=True)
    check_addresses(location, ["127.0.0.1", "::1"])
    with pytest.raises(UnsafeLinkError):
        check_addresses(location, ["127.0.0.1", "10.0.0.1"])


@pytest.mark.parametrize(
    ("host", "declared"),
    [
        ("aimlapi.com", True),
        ("cdn.aimlapi.com", True),
        ("a.b.aimlapi.com", True),
        ("evilaimlapi.com", False),
        ("aimlapi.com.evil.example", False),
        ("com", False),
    ],
)
def test_is_declared_on_the_border_of_a_label(host: str, declared: bool) -> None:
    """E4."""
    assert is_declared(host, ("aimlapi.com",)) is declared


@pytest.mark.parametrize(
    ("url", "loopback"),
    [("http://127.0.0.1:81/v1", True), ("http://[::1]/", True), ("https://api.aimlapi.com", False), ("", False)],
)
def test_is_loopback_url(url: str, loopback: bool) -> None:
    assert is_loopback_url(url) is loopback
