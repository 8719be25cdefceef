using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Gateway.Listing;

/// <summary>Where a list goes on: after which key, in the list as of which sequence, and until when that is kept.
/// Opaque to clients; <see cref="AnySequence"/> means that the rest may be newer than what came before.</summary>
internal readonly record struct ContinueToken(
    long Sequence, string Namespace, string Name, DateTimeOffset Until)
{
    public const long AnySequence = -1;

    private const char Separator = '\n';
    private const string Format = "ao1";
    private const int LengthMax = 2_048;

    public static ContinueToken After(KubeObject last, long sequence, DateTimeOffset until) =>
        new(sequence, last.Metadata.Namespace ?? "", last.Metadata.Name ?? "", until);

    public bool IsAfter(KubeObject candidate)
    {
        var byNamespace = string.CompareOrdinal(candidate.Metadata.Namespace ?? "", Namespace);
        return byNamespace > 0
            || (byNamespace == 0 && string.CompareOrdinal(candidate.Metadata.Name, Name) > 0);
    }

    public string Encode() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(
        Separator, Format, Sequence, Until.ToUnixTimeSeconds(), Namespace, Name)));

    public static bool TryDecode(string text, [NotNullWhen(true)] out ContinueToken? token)
    {
        token = null;
        if (text.Length > LengthMax || !Base64Url.IsValid(text))
        {
            return false;
        }

        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(Separator);
        if (parts is not [Format, var sequence, var until, var scope, { Length: > 0 } name]
            || !long.TryParse(sequence, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at)
            || !long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || at < AnySequence || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return false;
        }

        token = new ContinueToken(at, scope, name, DateTimeOffset.FromUnixTimeSeconds(seconds));
        return true;
    }
}
