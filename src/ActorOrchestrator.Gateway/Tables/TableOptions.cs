using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;

namespace ActorOrchestrator.Gateway.Tables;

/// <summary>How much of the object each row carries (<c>includeObject</c>).</summary>
internal enum IncludedObject
{
    Metadata,
    None,
    Object,
}

/// <summary>meta/v1 TableOptions.</summary>
internal readonly record struct TableOptions(IncludedObject Include)
{
    public static TableOptions Of(ApiRequest request) => new(request.Query("includeObject") switch
    {
        null or "Metadata" => IncludedObject.Metadata,
        "None" => IncludedObject.None,
        "Object" => IncludedObject.Object,
        var other => throw Failure.BadRequest($"unrecognized includeObject value: \"{other}\""),
    });
}
