using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of IP addresses and CIDR ranges as texts.</summary>
internal static class AddressRules
{
    public const string NotAnAddress = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

    public static void CheckIP(FieldErrors errors, FieldPath path, string value)
    {
        if (!TryParse(value, out _))
        {
            errors.Invalid(path, value, NotAnAddress);
        }
    }

    /// <summary>An address that others can be sent to: not this machine's own, nor that of a link.</summary>
    public static void CheckOrdinary(FieldErrors errors, FieldPath path, string value)
    {
        if (!TryParse(value, out var address))
        {
            errors.Invalid(path, value, NotAnAddress);
            return;
        }

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

    public static void CheckCidr(FieldErrors errors, FieldPath path, string value)
    {
        if (!TryParseCidr(value, out _))
        {
            errors.Invalid(path, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        }
    }

    /// <summary>The range; an address within it stands for it, too (<c>10.1.2.3/8</c>).</summary>
    public static bool TryParseCidr(string value, out IPNetwork range)
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

    /// <summary>Refuses what only .NET reads as an address: <c>1</c>, <c>0x7f.1</c>, <c>[::1]</c>.</summary>
    public static bool TryParse(string value, out IPAddress address)
    {
        address = IPAddress.None;
        if (!IPAddress.TryParse(value, out var parsed))
        {
            return false;
        }

        address = parsed;
        return parsed.AddressFamily == AddressFamily.InterNetwork
            ? parsed.ToString() == value
            : !value.Contains('[') && !value.Contains('%');
    }
}
