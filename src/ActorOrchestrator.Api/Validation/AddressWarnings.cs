using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorOrchestrator.Api.Validation;

/// <summary>Kubernetes' warnings about addresses that not everybody reads alike.</summary>
internal static class AddressWarnings
{
    private const string Future = "will be considered invalid in a future Kubernetes release";

    public static void AddAll(List<string> warnings, FieldPath path, ValueList<string> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            Add(warnings, path.Index(i), values[i]);
        }
    }

    public static void Add(List<string> warnings, FieldPath path, string? value)
    {
        if (value is null || !AddressRules.TryParse(value, out var address))
        {
            return;
        }

        var standard = Standard(address);
        if (standard == value)
        {
            return;
        }

        warnings.Add(standard.Contains(':')
            ? $"{path}: IPv6 address \"{value}\" should be in RFC 5952 canonical format (\"{standard}\")"
            : $"{path}: non-standard IP address \"{value}\" {Future}: use \"{standard}\"");
    }

    public static void AddCidr(List<string> warnings, FieldPath path, string value)
    {
        var slash = value.IndexOf('/');
        if (!AddressRules.TryParseCidr(value, out var range)
            || !AddressRules.TryParse(value[..slash], out var address))
        {
            return;
        }

        var bits = range.PrefixLength.ToString(CultureInfo.InvariantCulture);
        var (standard, whole) = (Standard(address), $"{Standard(range.BaseAddress)}/{bits}");
        if (!address.Equals(range.BaseAddress))
        {
            var length = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
            warnings.Add($"{path}: CIDR value \"{value}\" is ambiguous in this context (should be \"{whole}\" or "
                + $"\"{standard}/{length}\"?)");
        }
        else if (value != whole)
        {
            warnings.Add(standard.Contains(':')
                ? $"{path}: IPv6 CIDR value \"{value}\" should be in RFC 5952 canonical format (\"{whole}\")"
                : $"{path}: non-standard CIDR value \"{value}\" {Future}: use \"{whole}\"");
        }
    }

    private static string Standard(IPAddress address) =>
        (AddressRules.IsSix(address) ? address : address.MapToIPv4()).ToString();
}
