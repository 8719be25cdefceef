using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Tables;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Negotiation;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Routing;

/// <summary>A request for a resource, authenticated and authorized, with what its URL and headers ask for.</summary>
internal sealed class ApiRequest(
    HttpContext http, RequestInfo info, ResourceKind kind, Identity who, ResponseFormat format, DateTimeOffset now)
{
    private readonly WarningHeaders _warnings = new(http.Response.Headers);

    public HttpContext Http => http;

    public RequestInfo Info => info;

    public ResourceKind Kind => kind;

    public Identity Who => who;

    public ResponseFormat Format => format;

    /// <summary>Stands in where the request names no field manager; null: its user agent does.</summary>
    public string? DefaultFieldManager { get; init; }

    /// <summary>When the request came.</summary>
    public DateTimeOffset Now => now;

    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>The name in the path. Only asked for by verbs that the router gives a name.</summary>
    public string Name => info.Name ?? throw new InvalidOperationException($"{info.Path} names no object");

    /// <summary>A parameter's value; null when absent or empty.</summary>
    public string? Query(string name) =>
        http.Request.Query.TryGetValue(name, out var values) && values.Count > 0 && values[0] is { Length: > 0 } value
            ? value
            : null;

    /// <summary>Kubernetes' reading of a flag: present and neither "false" nor "0".</summary>
    public bool Flag(string name) => OptionalFlag(name) ?? false;

    public bool? OptionalFlag(string name) =>
        http.Request.Query.TryGetValue(name, out var values)
            ? values.Count == 0 || values[0] is not ("0" or "false" or "False" or "FALSE")
            : null;

    /// <summary>A whole number that is not negative; null when absent.</summary>
    public long? Number(string name)
    {
        if (Query(name) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, out var number) && number >= 0
            ? number
            : throw Failure.BadRequest(
                $"{name}: Invalid value: {FieldError.Quote(text)}: must be a non-negative integer");
    }

    /// <summary><c>dryRun=All</c>; any other value is refused, so that nobody changes what they meant to try.</summary>
    public bool DryRun()
    {
        var given = http.Request.Query["dryRun"];
        return IsDryRun([.. given.Where(value => !string.IsNullOrEmpty(value)).Select(value => value!)], OptionsKind);
    }

    /// <param name="values">What <c>dryRun</c> says.</param>
    /// <param name="options">The kind of the options that say it.</param>
    public static bool IsDryRun(IReadOnlyList<string> values, string options = "DeleteOptions")
    {
        if (values.FirstOrDefault(value => value != "All") is { } other)
        {
            throw Failure.Invalid($"{options}.meta.k8s.io", "", [new FieldError(
                FieldErrorType.NotSupported, "dryRun", FieldError.Quote(other), "supported values: \"All\"")]);
        }

        return values.Count > 0;
    }

    /// <summary>How much of the object each row of a Table carries.</summary>
    public TableObject IncludedObject() => Query("includeObject") switch
    {
        null or "Metadata" => TableObject.Metadata,
        "None" => TableObject.None,
        "Object" => TableObject.Object,
        var other => throw Failure.BadRequest($"unrecognized includeObject value: {FieldError.Quote(other)}"),
    };

    /// <summary>The manager of the fields that this request writes: named, or the user agent's first word.</summary>
    public string FieldManager()
    {
        if (Query("fieldManager") is { } named)
        {
            return ManagerName.Validate(named) is { Count: > 0 } errors
                ? throw Failure.Invalid($"{OptionsKind}.meta.k8s.io", "", errors)
                : named;
        }

        if (DefaultFieldManager is { } standIn)
        {
            return standIn;
        }

        var agent = http.Request.Headers.UserAgent.ToString();
        var end = agent.IndexOf('/', StringComparison.Ordinal);
        var word = ManagerName.In(end < 0 ? agent : agent[..end]);
        return word.Length == 0 ? "unknown" : word;
    }

    private string OptionsKind => info.Verb switch
    {
        "create" => "CreateOptions",
        "update" => "UpdateOptions",
        "delete" or "deletecollection" => "DeleteOptions",
        _ => "PatchOptions",
    };

    public void Warn(IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            Warn(text);
        }
    }

    public void Warn(string text) => _warnings.Add(text);
}
