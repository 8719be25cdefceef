using System.Text;
using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Autoscaling;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// Whatever a client was shown (the outcome of a write, a read, an event of a watch) is in the durable log, with the
/// version and the content that were shown, at the latest when the client is shown it. So nothing acknowledged can be
/// lost, and nothing is told before it is durable.
/// </summary>
internal sealed class DurabilityCheck : Check
{
    public override string Guarantee => "G1+G3";

    public override void OnExchange(Exchange exchange)
    {
        if (!exchange.Answer.IsOk || exchange.Intent == Intent.DryRun
            || RequestTarget.Of(exchange.Call) is not { } target)
        {
            return;
        }

        var body = Read(exchange, target);
        if (body.Version > World.Tables.Last)
        {
            Violate($"{exchange.Describe()} shows version {body.Version}, but the log ends at {World.Tables.Last}");
        }

        foreach (var shown in body.Objects)
        {
            Hold(shown, exchange.Describe());
        }

        if (body.Replicas is { } replicas)
        {
            HoldScale(exchange, target, body.Version, replicas);
        }
        else if (body.Status is { } status)
        {
            HoldSuccess(exchange, target, status);
        }
    }

    public override void OnWatch(WatchTold told)
    {
        if (told.Version > World.Tables.Last)
        {
            Violate($"{told.Scope} was told version {told.Version}, but the log ends at {World.Tables.Last}");
        }

        if (told.Object.IsEmpty || told.Version <= World.History.Oldest)
        {
            return;
        }

        using var json = JsonDocument.Parse(told.Object);
        var shown = ShownObject.Read(json.RootElement, told.Scope.Kind);
        if (told.Step == WatchStep.Deleted)
        {
            HoldLast(shown, told);
        }
        else
        {
            Hold(shown, $"{told.Scope}, {told.Step}");
        }
    }

    private AnswerBody Read(Exchange exchange, RequestTarget target)
    {
        try
        {
            return exchange.Body(target.Kind);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException)
        {
            Violate($"{exchange.Describe()} cannot be read ({broken.Message}): {exchange.Answer.Text}");
            throw;
        }
    }

    private void Hold(ShownObject shown, string where)
    {
        var isLast = World.History.ChangeAt(shown.Version) is { New: null, Old: { } last } removal
            && removal.Key == shown.Key && last.Metadata.Uid == shown.Uid;
        if (isLast)
        {
            // A write that takes the last finalizer shows what it made, and removes it with that.
            return;
        }

        if (World.History.Version(shown.Key, shown.Version) is not { } stored)
        {
            Violate($"{where} shows {shown.Key} at version {shown.Version}, which the log never gave to it; "
                + $"now it is {World.Truth.Find(shown.Key)?.Metadata.ResourceVersion ?? "absent"}");
            return;
        }

        if (!shown.Shows(stored))
        {
            Violate($"{where} shows {shown.Key} at version {shown.Version} as\n  "
                + $"{Encoding.UTF8.GetString(shown.Json)}\nbut the log has it as\n  "
                + Encoding.UTF8.GetString(KubeJson.Encode(stored)));
        }
    }

    /// <summary>A watch shows what it loses as it last was, under the version of the change that took it
    /// away.</summary>
    private void HoldLast(ShownObject shown, WatchTold told)
    {
        if (World.History.ChangeAt(told.Version) is not { Old: { } last } change || change.Key != shown.Key)
        {
            Violate($"{told.Scope} lost {shown.Key} by version {told.Version}, which is no change of it");
            return;
        }

        var expected = last with
        {
            Metadata = last.Metadata with { ResourceVersion = told.Version.ToString() },
        };
        if (!shown.Shows(expected))
        {
            Violate($"{told.Scope} lost {shown.Key} by version {told.Version}, and was shown "
                + $"{Encoding.UTF8.GetString(shown.Json)}");
        }
    }

    private void HoldScale(Exchange exchange, RequestTarget target, long version, int replicas)
    {
        var actual = World.History.Version(target.Key, version) is { } scaled ? Scalables.ReplicasOf(scaled) : null;
        if (actual != replicas)
        {
            Violate($"{exchange.Describe()} shows {replicas} replicas at version {version}; the log has "
                + $"{actual?.ToString() ?? "nothing"} there");
        }
    }

    /// <summary>A deletion that is over at once, and an eviction, are answered by a Status.</summary>
    private void HoldSuccess(Exchange exchange, RequestTarget target, Status status)
    {
        if (status.Result != "Success")
        {
            Violate($"{exchange.Describe()} has the body of a failure: {status.Message}");
        }

        if (!World.History.Knows(exchange.SequenceAtSending))
        {
            return;
        }

        if (exchange.Call.Method == "DELETE" && status.Details?.Uid is { } uid)
        {
            var isRemoved = World.History.Of(target.Key).Any(change => change.New is null
                && change.Sequence > exchange.SequenceAtSending && change.Old?.Metadata.Uid == uid);
            if (!isRemoved)
            {
                Violate($"{exchange.Describe()} says that {target.Key} ({uid}) is gone; the log has no such deletion "
                    + $"after {exchange.SequenceAtSending}");
            }
        }
        else if (target.Subresource == "eviction" && !World.History.WasEver(
            target.Key, exchange.SequenceAtSending, World.Tables.Last,
            static pod => pod is null or { Metadata.DeletionTimestamp: not null }))
        {
            Violate($"{exchange.Describe()} says that {target.Key} is evicted; the log has it untouched");
        }
    }
}
