using System.Globalization;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;

namespace ActorOrchestrator.Gateway.Listing;

internal enum VersionMatch
{
    Unset,
    Exact,
    NotOlderThan,
}

/// <summary>meta/v1 ListOptions, checked as kube-apiserver's ValidateListOptions does.</summary>
internal sealed record ListQuery
{
    private const string Options = "ListOptions.meta.k8s.io";

    public required ObjectFilter Filter { get; init; }

    /// <summary>Objects a page; 0 for all.</summary>
    public long Limit { get; init; }

    public ContinueToken? Continue { get; init; }

    /// <summary>Null when not given; 0 means "any".</summary>
    public long? Version { get; init; }

    public VersionMatch Match { get; init; }

    public bool? SendInitialEvents { get; init; }

    public bool AllowBookmarks { get; init; }

    public TimeSpan? Timeout { get; init; }

    public static ListQuery Parse(ApiRequest request, bool watch)
    {
        var version = VersionOf(request);
        var match = ParseMatch(request.Query("resourceVersionMatch"));
        var initial = request.OptionalFlag("sendInitialEvents");
        var token = request.Query("continue");
        if ((watch ? WatchProblem(match, initial, token) : ListProblem(version, match, initial, token)) is { } problem)
        {
            throw Failure.Invalid(Options, "", [problem]);
        }

        return new ListQuery
        {
            Filter = ObjectFilter.Parse(request),
            Limit = watch ? 0 : request.Number("limit") ?? 0,
            Continue = watch || token is null ? null : Decode(token, version),
            Version = version,
            Match = match,
            SendInitialEvents = initial,
            AllowBookmarks = request.Flag("allowWatchBookmarks"),
            Timeout = request.Number("timeoutSeconds") is { } seconds and > 0
                ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue))
                : null,
        };
    }

    public static long? ParseVersion(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw Failure.BadRequest(
                $"Invalid value: {FieldError.Quote(text)}: strconv.ParseUint: parsing {FieldError.Quote(text)}: "
                + "invalid syntax");
    }

    private static long? VersionOf(ApiRequest request) => ParseVersion(request.Query("resourceVersion"));

    private static VersionMatch ParseMatch(string? text) => text switch
    {
        null => VersionMatch.Unset,
        "Exact" => VersionMatch.Exact,
        "NotOlderThan" => VersionMatch.NotOlderThan,
        _ => throw Failure.Invalid(Options, "", [new FieldError(
            FieldErrorType.NotSupported, "resourceVersionMatch", FieldError.Quote(text),
            "supported values: \"Exact\", \"NotOlderThan\"")]),
    };

    private static ContinueToken Decode(string token, long? version)
    {
        if (version is > 0)
        {
            throw Failure.BadRequest("specifying resource version is not allowed when using continue");
        }

        return ContinueToken.TryDecode(token, out var decoded)
            ? decoded.Value
            : throw Failure.BadRequest("continue key is not valid: it is not a token of this server");
    }

    private static FieldError? ListProblem(long? version, VersionMatch match, bool? initial, string? token)
    {
        if (initial is not null)
        {
            return Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
        }

        if (match == VersionMatch.Unset)
        {
            return null;
        }

        if (token is not null)
        {
            return Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
        }

        if (version is null)
        {
            return Forbidden(
                "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
        }

        return match == VersionMatch.Exact && version == 0
            ? Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")
            : null;
    }

    private static FieldError? WatchProblem(VersionMatch match, bool? initial, string? token)
    {
        if (token is not null)
        {
            return Forbidden("continue", "continue is forbidden for watch");
        }

        if (initial is null)
        {
            return match == VersionMatch.Unset
                ? null
                : Forbidden(
                    "resourceVersionMatch",
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        }

        return match == VersionMatch.NotOlderThan
            ? null
            : Forbidden(
                "resourceVersionMatch",
                "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    }

    private static FieldError Forbidden(string field, string why) => new(FieldErrorType.Forbidden, field, null, why);
}
