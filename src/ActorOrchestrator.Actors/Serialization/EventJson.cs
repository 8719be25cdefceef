using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.CronJobs;
using ActorOrchestrator.Domain.DaemonSets;
using ActorOrchestrator.Domain.Deployments;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.StatefulSets;

namespace ActorOrchestrator.Actors.Serialization;

/// <summary>The records among the events, source-generated.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    IgnoreReadOnlyProperties = true,
    Converters = [typeof(ValueListConverter<string>), typeof(ValueListConverter<ClaimedPod>),
        typeof(ValueListConverter<ClaimedJobPod>), typeof(ValueListConverter<ClaimedIndexedPod>),
        typeof(ValueListConverter<IndexFailures>), typeof(ValueListConverter<ClaimedDaemonPod>),
        typeof(ValueListConverter<ClaimedStatefulPod>),
        typeof(KubeValueConverter<ValueMap<string>>)])]
[JsonSerializable(typeof(DeletionRequested))]
[JsonSerializable(typeof(ObjectDeleted))]
[JsonSerializable(typeof(PodBound))]
[JsonSerializable(typeof(PodsClaimed))]
[JsonSerializable(typeof(PodsConfirmed))]
[JsonSerializable(typeof(PodsDeletionRequested))]
[JsonSerializable(typeof(PodsUnclaimed))]
[JsonSerializable(typeof(JobPodsClaimed))]
[JsonSerializable(typeof(IndexedPodsClaimed))]
[JsonSerializable(typeof(JobPodsSettled))]
[JsonSerializable(typeof(JobIndexesFailed))]
[JsonSerializable(typeof(DaemonPodsClaimed))]
[JsonSerializable(typeof(StatefulPodsClaimed))]
[JsonSerializable(typeof(RevisionsConfirmed))]
[JsonSerializable(typeof(RevisionsDeletionRequested))]
[JsonSerializable(typeof(RevisionsUnclaimed))]
[JsonSerializable(typeof(ScheduledJobClaimed))]
[JsonSerializable(typeof(ScheduledJobsConfirmed))]
[JsonSerializable(typeof(ScheduledJobsDeletionRequested))]
[JsonSerializable(typeof(ScheduledJobsUnclaimed))]
[JsonSerializable(typeof(ScheduleReached))]
[JsonSerializable(typeof(ReplicaSetConfirmed))]
[JsonSerializable(typeof(ReplicaSetUnclaimed))]
[JsonSerializable(typeof(ResizeRequested))]
[JsonSerializable(typeof(NodeLeaseRenewed))]
[JsonSerializable(typeof(ClaimedPod[]))]
[JsonSerializable(typeof(ClaimedJobPod[]))]
[JsonSerializable(typeof(ClaimedIndexedPod[]))]
[JsonSerializable(typeof(IndexFailures[]))]
[JsonSerializable(typeof(ClaimedDaemonPod[]))]
[JsonSerializable(typeof(ClaimedStatefulPod[]))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class EventJson : JsonSerializerContext
{
    public static JsonTypeInfo<TEvent> Of<TEvent>() => (JsonTypeInfo<TEvent>)(Default.GetTypeInfo(typeof(TEvent))
        ?? throw new InvalidOperationException($"{typeof(TEvent).Name} is not among {nameof(EventJson)}'s types"));
}

internal sealed class ValueListConverter<T> : JsonConverter<ValueList<T>>
{
    public override ValueList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        (JsonSerializer.Deserialize(ref reader, (JsonTypeInfo<T[]>)options.GetTypeInfo(typeof(T[])))
            ?? []).ToValueList();

    public override void Write(Utf8JsonWriter writer, ValueList<T> value, JsonSerializerOptions options)
    {
        var item = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        writer.WriteStartArray();
        foreach (var element in value)
        {
            JsonSerializer.Serialize(writer, element, item);
        }

        writer.WriteEndArray();
    }
}
