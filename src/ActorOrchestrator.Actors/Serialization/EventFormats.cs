using System.Text;
using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
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

/// <summary>Every event of the log. To add one: a line here, and a golden sample.</summary>
public static class EventFormats
{
    public static readonly IReadOnlyList<EventFormat> All =
    [
        new ObjectFormat<ObjectCreated>(
            "object-created.v1", created => created.Object, value => new ObjectCreated(value)),
        new ObjectFormat<ObjectReplaced>(
            "object-replaced.v1", replaced => replaced.Object, value => new ObjectReplaced(value)),
        new StatusFormat("status-changed.v1"),
        new RecordFormat<DeletionRequested>("deletion-requested.v1"),
        new RecordFormat<ObjectDeleted>("object-deleted.v1"),
        new RecordFormat<PodBound>("pod-bound.v1"),
        new RecordFormat<PodsClaimed>("pods-claimed.v1"),
        new RecordFormat<PodsConfirmed>("pods-confirmed.v1"),
        new RecordFormat<PodsDeletionRequested>("pods-let-go.v1"),
        new RecordFormat<PodsUnclaimed>("pods-unclaimed.v1"),
        new RecordFormat<JobPodsClaimed>("job-pods-claimed.v1"),
        new RecordFormat<IndexedPodsClaimed>("indexed-pods-claimed.v1"),
        new RecordFormat<JobPodsSettled>("job-pods-settled.v1"),
        new RecordFormat<JobIndexesFailed>("job-indexes-failed.v1"),
        new RecordFormat<DaemonPodsClaimed>("daemon-pods-claimed.v1"),
        new RecordFormat<StatefulPodsClaimed>("stateful-pods-claimed.v1"),
        new ManifestFormat<RevisionClaimed, ControllerRevision>(
            "revision-claimed.v1", "manifest", claimed => (claimed.Uid, claimed.Name, claimed.Manifest),
            (uid, name, manifest) => new RevisionClaimed(uid, name, manifest)),
        new RecordFormat<RevisionsConfirmed>("revisions-confirmed.v1"),
        new RecordFormat<RevisionsDeletionRequested>("revisions-deletion-requested.v1"),
        new RecordFormat<RevisionsUnclaimed>("revisions-unclaimed.v1"),
        new ManifestFormat<ReplicaSetClaimed, ReplicaSet>(
            "replica-set-claimed.v1", "wish", claimed => (claimed.Uid, claimed.Name, claimed.Manifest),
            (uid, name, manifest) => new ReplicaSetClaimed(uid, name, manifest)),
        new RecordFormat<ScheduledJobClaimed>("scheduled-job-claimed.v1"),
        new RecordFormat<ScheduledJobsConfirmed>("scheduled-jobs-confirmed.v1"),
        new RecordFormat<ScheduledJobsDeletionRequested>("scheduled-jobs-deletion-requested.v1"),
        new RecordFormat<ScheduledJobsUnclaimed>("scheduled-jobs-unclaimed.v1"),
        new RecordFormat<ScheduleReached>("schedule-reached.v1"),
        new RecordFormat<ReplicaSetConfirmed>("replica-set-confirmed.v1"),
        new RecordFormat<ReplicaSetUnclaimed>("replica-set-unclaimed.v1"),
        new RecordFormat<ResizeRequested>("resize-asked.v1"),
        new RecordFormat<NodeLeaseRenewed>("node-lease-renewed.v1"),
    ];

    /// <summary>An event that is an object: stored as the API writes it.</summary>
    private sealed class ObjectFormat<TEvent>(
        string manifest, Func<TEvent, KubeObject> objectOf, Func<KubeObject, TEvent> make)
        : EventFormat(manifest, typeof(TEvent)) where TEvent : DomainEvent
    {
        public override byte[] Encode(DomainEvent @event) => KubeJson.Encode(objectOf((TEvent)@event));

        public override DomainEvent Decode(string resource, ReadOnlySpan<byte> payload) =>
            make(KubeJson.ReadObject(payload));
    }

    /// <summary>A status alone; its type is that of the entity's kind.</summary>
    private sealed class StatusFormat(string manifest) : EventFormat(manifest, typeof(StatusChanged))
    {
        private static readonly Dictionary<string, Func<byte[], object>> Readers = KindRegistry.All
            .Where(kind => kind.IsStored && kind.ClrType.GetProperty("Status") is not null)
            .DistinctBy(kind => kind.Resource)
            .ToDictionary(kind => kind.Resource, kind => ReaderOf(kind.ClrType.GetProperty("Status")!.PropertyType));

        public override byte[] Encode(DomainEvent @event) => KubeJson.Encode(((StatusChanged)@event).Status);

        public override DomainEvent Decode(string resource, ReadOnlySpan<byte> payload) =>
            Readers.TryGetValue(resource, out var read)
                ? new StatusChanged(read(payload.ToArray()))
                : throw new JsonException($"{resource} has no status");

        private static Func<byte[], object> ReaderOf(Type status) =>
            typeof(StatusFormat).GetMethod(nameof(Read), System.Reflection.BindingFlags.NonPublic
                | System.Reflection.BindingFlags.Static)!
                .MakeGenericMethod(status).CreateDelegate<Func<byte[], object>>();

        private static T Read<T>(byte[] payload) where T : class => KubeJson.Read<T>(payload);
    }

    /// <summary>A record of the domain.</summary>
    private sealed class RecordFormat<TEvent>(string manifest) : EventFormat(manifest, typeof(TEvent))
        where TEvent : DomainEvent
    {
        public override byte[] Encode(DomainEvent @event) =>
            JsonSerializer.SerializeToUtf8Bytes((TEvent)@event, EventJson.Of<TEvent>());

        public override DomainEvent Decode(string resource, ReadOnlySpan<byte> payload) =>
            JsonSerializer.Deserialize(payload, EventJson.Of<TEvent>())
            ?? throw new JsonException($"{Manifest} is null");
    }

    /// <summary>A claim with the manifest inside, as the API writes it, under a name of its own.</summary>
    private sealed class ManifestFormat<TEvent, TChild>(
        string manifest, string field, Func<TEvent, (string Uid, string Name, TChild? Manifest)> partsOf,
        Func<string, string, TChild?, TEvent> make)
        : EventFormat(manifest, typeof(TEvent)) where TEvent : DomainEvent where TChild : KubeObject
    {
        private const string Uid = "uid";
        private const string Name = "name";

        public override byte[] Encode(DomainEvent @event)
        {
            var (uid, name, child) = partsOf((TEvent)@event);
            using var written = new MemoryStream();
            using (var writer = new Utf8JsonWriter(written, KubeJson.WriterOptions))
            {
                writer.WriteStartObject();
                writer.WriteString(Uid, uid);
                writer.WriteString(Name, name);
                if (child is not null)
                {
                    writer.WritePropertyName(field);
                    KubeJson.Write(writer, child);
                }

                writer.WriteEndObject();
            }

            return written.ToArray();
        }

        public override DomainEvent Decode(string resource, ReadOnlySpan<byte> payload)
        {
            var root = JsonTree.Element(payload);
            return make(Text(root, Uid), Text(root, Name), root.TryGetProperty(field, out var json)
                ? KubeJson.Read<TChild>(Encoding.UTF8.GetBytes(json.GetRawText()))
                : null);
        }

        private string Text(JsonElement root, string name) =>
            root.GetProperty(name).GetString() ?? throw new JsonException($"{Manifest} has no {name}");
    }
}
