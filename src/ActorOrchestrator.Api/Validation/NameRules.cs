namespace ActorOrchestrator.Api.Validation;

/// <summary>
/// The syntax of names in the Kubernetes API (RFC 1123, RFC 1035, label keys and values, ...). Every rule returns
/// the reasons against a value in Kubernetes' words, and none if the value is good. Characters are tested by hand
/// rather than by regular expressions: these run for every label of every object.
/// </summary>
public static class NameRules
{
    public const int LabelLengthMax = 63;
    public const int SubdomainLengthMax = 253;

    private const string LabelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private const string SubdomainPattern = LabelPattern + @"(\." + LabelPattern + ")*";
    private const string KeyPattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

    private const string LabelMessage =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
        + "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '"
        + LabelPattern + "')";

    private const string SubdomainMessage =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
        + "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '"
        + SubdomainPattern + "')";

    private const string UnderscoreMessage =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-', '_' or '.', and must "
        + "start and end with an alphanumeric character (e.g. 'example.com' or '_dns._tcp.example.com')";

    private const string Rfc1035Message =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
        + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
        + "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private const string WildcardMessage =
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist "
        + "of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. "
        + @"'*.example.com', regex used for validation is '\*\." + SubdomainPattern + "')";

    private const string KeyMessage =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
        + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '" + KeyPattern + "')";

    private const string LabelValueMessage =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
        + "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
        + "validation is '(" + KeyPattern + ")?')";

    private const string ConfigKeyMessage =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
        + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    private const string EnvironmentNameMessage =
        "a valid environment variable name must consist only of printable ASCII characters other than '='";

    private const string HttpHeaderMessage =
        "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for "
        + "validation is '[-A-Za-z0-9]+')";

    private const string PercentMessage =
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used "
        + "for validation is '[0-9]+%')";

    private static readonly IReadOnlyList<string> Good = [];

    /// <summary>RFC 1123 label: the name of a namespace, a container, a volume.</summary>
    public static IReadOnlyList<string> Label(string value)
    {
        if (value.Length <= LabelLengthMax && IsLabel(value))
        {
            return Good;
        }

        var messages = new List<string>();
        if (value.Length > LabelLengthMax)
        {
            messages.Add(CharactersAtMost(LabelLengthMax));
        }

        if (!IsLabel(value))
        {
            messages.Add(IsSubdomain(value) ? "must not contain dots" : LabelMessage);
        }

        return messages;
    }

    /// <summary>RFC 1123 subdomain: the name of most objects.</summary>
    public static IReadOnlyList<string> Subdomain(string value) =>
        Check(value, SubdomainLengthMax, IsSubdomain(value), SubdomainMessage);

    /// <summary>A domain to search names in: underscores are found in such.</summary>
    public static IReadOnlyList<string> SubdomainWithUnderscores(string value) => Check(
        value, SubdomainLengthMax, IsSubdomainWithUnderscores(value), UnderscoreMessage);

    /// <summary>RFC 1035 label: the name of a Service.</summary>
    public static IReadOnlyList<string> Rfc1035Label(string value) =>
        Check(value, LabelLengthMax, IsLabel(value) && char.IsAsciiLetterLower(value[0]), Rfc1035Message);

    /// <summary>A host such as <c>*.example.com</c>.</summary>
    public static IReadOnlyList<string> WildcardSubdomain(string value) =>
        Check(value, SubdomainLengthMax, value.StartsWith("*.") && IsSubdomain(value[2..]), WildcardMessage);

    /// <summary>A label key: an optional DNS prefix, <c>/</c>, and a name of at most 63 characters.</summary>
    public static IReadOnlyList<string> QualifiedName(string value)
    {
        var slash = value.IndexOf('/');
        var name = slash < 0 ? value : value[(slash + 1)..];
        if (slash >= 0 && name.Contains('/'))
        {
            return
            [
                "a valid label key " + KeyMessage + " with an optional DNS subdomain prefix and '/' (e.g. "
                + "'example.com/MyName')",
            ];
        }

        var messages = new List<string>();
        if (slash == 0)
        {
            messages.Add("prefix part must be non-empty");
        }
        else if (slash > 0)
        {
            messages.AddRange(Subdomain(value[..slash]).Select(message => "prefix part " + message));
        }

        if (name.Length == 0)
        {
            messages.Add("name part must be non-empty");
        }
        else if (name.Length > LabelLengthMax)
        {
            messages.Add("name part " + BytesAtMost(LabelLengthMax));
        }

        if (!IsKey(name))
        {
            messages.Add("name part " + KeyMessage);
        }

        return messages.Count == 0 ? Good : messages;
    }

    public static IReadOnlyList<string> LabelValue(string value)
    {
        var messages = new List<string>();
        if (value.Length > LabelLengthMax)
        {
            messages.Add(BytesAtMost(LabelLengthMax));
        }

        if (value.Length > 0 && !IsKey(value))
        {
            messages.Add(LabelValueMessage);
        }

        return messages.Count == 0 ? Good : messages;
    }

    /// <summary>A key of a ConfigMap or Secret: it becomes a file name.</summary>
    public static IReadOnlyList<string> ConfigKey(string value)
    {
        var wellFormed = value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        return [.. Check(value, SubdomainLengthMax, wellFormed, ConfigKeyMessage), .. ParentDirectory(value)];
    }

    public static IReadOnlyList<string> EnvironmentName(string value)
    {
        if (value.Length == 0)
        {
            return ["environment variable name must be non-empty"];
        }

        return value.All(c => c is >= ' ' and <= '~' and not '=') ? Good : [EnvironmentNameMessage];
    }

    /// <summary>An IANA service name (RFC 6335): the name of a container's port.</summary>
    public static IReadOnlyList<string> PortName(string value)
    {
        var messages = new List<string>();
        if (value.Length > 15)
        {
            messages.Add(CharactersAtMost(15));
        }

        if (value.Length == 0 || !value.All(IsLabelCharacter))
        {
            messages.Add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }

        if (!value.Any(char.IsAsciiLetterLower))
        {
            messages.Add("must contain at least one letter (a-z)");
        }

        if (value.Contains("--"))
        {
            messages.Add("must not contain consecutive hyphens");
        }

        if (value.StartsWith('-') || value.EndsWith('-'))
        {
            messages.Add("must not begin or end with a hyphen");
        }

        return messages.Count == 0 ? Good : messages;
    }

    public static IReadOnlyList<string> PortNumber(long value) => InRange(value, 1, 65535);

    public static IReadOnlyList<string> UserOrGroupId(long value) => InRange(value, 0, int.MaxValue);

    public static IReadOnlyList<string> InRange(long value, long min, long max) =>
        value >= min && value <= max ? Good : [$"must be between {min} and {max}, inclusive"];

    public static IReadOnlyList<string> HttpHeaderName(string value) =>
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? Good : [HttpHeaderMessage];

    public static IReadOnlyList<string> Percent(string value) => IsPercent(value) ? Good : [PercentMessage];

    /// <summary>A name that becomes a segment of a URL path and so may hold neither <c>/</c> nor <c>%</c>.</summary>
    public static IReadOnlyList<string> PathSegment(string value)
    {
        if (value is "." or "..")
        {
            return [$"may not be '{value}'"];
        }

        return (value.Contains('/'), value.Contains('%')) switch
        {
            (true, true) => ["may not contain '/'", "may not contain '%'"],
            (true, false) => ["may not contain '/'"],
            (false, true) => ["may not contain '%'"],
            _ => Good,
        };
    }

    /// <summary>Digits and a final <c>%</c>.</summary>
    public static bool IsPercent(string value) =>
        value.Length > 1 && value[^1] == '%' && value.AsSpan(0, value.Length - 1).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>
    /// What <c>generateName</c> is checked as: a trailing dash is fine, since more characters follow.
    /// </summary>
    public static string MaskTrailingDash(string prefix) =>
        prefix.Length > 1 && prefix[^1] == '-' ? prefix[..^2] + "a" : prefix;

    public static string CharactersAtMost(int length) => $"must be no more than {length} characters";

    public static string BytesAtMost(int length) => $"must be no more than {length} bytes";

    private static IReadOnlyList<string> Check(string value, int lengthMax, bool wellFormed, string message)
    {
        if (wellFormed && value.Length <= lengthMax)
        {
            return Good;
        }

        var messages = new List<string>();
        if (value.Length > lengthMax)
        {
            messages.Add(CharactersAtMost(lengthMax));
        }

        if (!wellFormed)
        {
            messages.Add(message);
        }

        return messages;
    }

    private static IEnumerable<string> ParentDirectory(string value) => value switch
    {
        "." => ["must not be '.'"],
        ".." => ["must not be '..'"],
        _ => value.StartsWith("..") ? ["must not start with '..'"] : [],
    };

    private static bool IsLabelCharacter(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-';

    private static bool IsLabel(ReadOnlySpan<char> value)
    {
        foreach (var c in value)
        {
            if (!IsLabelCharacter(c))
            {
                return false;
            }
        }

        return value.Length > 0 && value[0] != '-' && value[^1] != '-';
    }

    private static bool IsSubdomain(string value)
    {
        foreach (var part in value.AsSpan().Split('.'))
        {
            if (!IsLabel(value.AsSpan()[part]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSubdomainWithUnderscores(string value) => value.Split('.')
        .All(part => IsLabel((part.StartsWith('_') ? part[1..] : part).Replace('_', '-')));

    private static bool IsKey(string value) =>
        value.Length > 0
        && char.IsAsciiLetterOrDigit(value[0])
        && char.IsAsciiLetterOrDigit(value[^1])
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
