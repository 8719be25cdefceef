using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of IP addresses and CIDR ranges as texts. Those with leading zeros, which count as decimal, and
/// those of IPv4 within IPv6 are addresses, as in Kubernetes 1.35; <see cref="AddressWarnings"/> tells of them.
/// </summary>
public static class AddressRules
{
    internal const string NotAnAddress = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

    internal static void CheckIP(FieldErrors errors, FieldPath path, string value)
    {
        if (!TryParse(value, out _))
        {
            errors.Invalid(path, value, NotAnAddress);
        }
    }

    /// <summary>An address that others can be sent to: not this machine's own, nor that of a link.</summary>
    internal static void CheckOrdinary(FieldErrors errors, FieldPath path, string value)
    {
        if (!TryParse(value, out var address))
        {
            errors.Invalid(path, value, NotAnAddress);
            return;
        }

        address = IsSix(address) ? address : address.MapToIPv4();
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            errors.Invalid(path, value, $"may not be unspecified ({value})");
        }

        if (IPAddress.IsLoopback(address))
        {
            errors.Invalid(path, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        }

        var bytes = address.GetAddressBytes();
        if (address.IsIPv6LinkLocal || bytes is [169, 254, _, _])
        {
            errors.Invalid(path, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        }

        if (bytes is [224, 0, 0, _] or [0xFF, 2, ..])
        {
            errors.Invalid(path, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
        }
    }

    internal static void CheckCidr(FieldErrors errors, FieldPath path, string value)
    {
        if (!TryParseCidr(value, out _))
        {
            errors.Invalid(path, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        }
    }

    /// <summary>The range; an address within it stands for it, too (<c>10.1.2.3/8</c>).</summary>
    internal static bool TryParseCidr(string value, out IPNetwork range)
    {
        range = default;
        var slash = value.IndexOf('/');
        if (slash <= 0 || !TryParse(value[..slash], out var address)
            || !int.TryParse(value.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            || bits > (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128))
        {
            return false;
        }

        range = new IPNetwork(Masked(address, bits), bits);
        return true;
    }

    private static IPAddress Masked(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(bits - i * 8, 0, 8);
            bytes[i] &= (byte)(0xFF00 >> kept);
        }

        return new IPAddress(bytes);
    }

    /// <summary>The address as everybody reads it; a text that is none as it is.</summary>
    public static string Canonical(string value) =>
        TryParse(value, out var address) ? (IsSix(address) ? address : address.MapToIPv4()).ToString() : value;

    /// <summary>Whether it is one of IPv6, and none of IPv4 in its clothes.</summary>
    internal static bool IsSix(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6;

    internal static bool IsSix(string value) => TryParse(value, out var address) && IsSix(address);

    /// <summary>Refuses what only .NET reads as an address: <c>1</c>, <c>0x7f.1</c>, <c>[::1]</c>; and reads
    /// <c>010.0.0.1</c> as decimal, where .NET would read octal.</summary>
    internal static bool TryParse(string value, out IPAddress address)
    {
        address = IPAddress.None;
        var four = value.LastIndexOf(':') + 1;
        var isSix = four > 0;
        var text = value;
        if (!isSix || value.IndexOf('.', four) >= 0)
        {
            if (WithoutZeros(value[four..]) is not { } decimals)
            {
                return false;
            }

            text = value[..four] + decimals;
        }

        if ((isSix && (value.Contains('[') || value.Contains('%'))) || !IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        address = parsed;
        return true;
    }

    /// <summary>Four decimal numbers of a byte each, without leading zeros; null where it is something else.</summary>
    private static string? WithoutZeros(string value)
    {
        var numbers = value.Split('.');
        if (numbers.Length != 4 || !numbers.All(IsByte))
        {
            return null;
        }

        return string.Join('.', numbers.Select(number => int.Parse(number, CultureInfo.InvariantCulture)));

        static bool IsByte(string number) =>
            byte.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }
}
