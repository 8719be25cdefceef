using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Routing;

/// <summary>
/// The <c>Warning</c> headers of an answer (RFC 7234 §5.5, code 299), which kubectl prints; each comes once. An object
/// may be warned of in ten thousand places, so there are no more than Kubernetes' API servers send: 4,096 characters.
/// If that is not enough, each is cut after 256, and those that still find no room are not sent.
/// </summary>
internal sealed class WarningHeaders(IHeaderDictionary headers)
{
    private const int LengthMax = 4 * 1024;
    private const int LengthMaxCut = 256;

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];
    private int _length;
    private bool _isCutting;

    public void Add(string text)
    {
        if ((_isCutting && _length >= LengthMax) || !_known.Add(text))
        {
            return;
        }

        _texts.Add(text);
        if (_isCutting || _length + text.Length <= LengthMax)
        {
            Append(text);
            return;
        }

        (_isCutting, _length) = (true, 0);
        headers.Remove("Warning");
        _texts.ForEach(Append);
    }

    private void Append(string text)
    {
        var sent = _isCutting && text.Length > LengthMaxCut ? text[..LengthMaxCut] : text;
        _length += sent.Length;
        var printable = string.Concat(sent.Where(letter => letter is >= ' ' and <= '~'));
        var quoted = printable.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
        headers.Append("Warning", $"299 - \"{quoted}\"");
    }
}
