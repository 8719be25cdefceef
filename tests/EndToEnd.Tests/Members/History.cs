namespace ActorOrchestrator.EndToEnd.Tests.Members;

internal enum WriteKind
{
    Create,
    Update,
    Delete,
}

/// <summary>What a client asked for, and what it was told. Of a write that was not acknowledged nobody knows whether it
/// happened, unless it was refused; refused ones are not in a history.</summary>
/// <param name="Key">The entity, as in the journal: resource/namespace/name.</param>
/// <param name="Kind">What it did.</param>
/// <param name="Value">What it wrote: another one for each write. Empty for a deletion.</param>
/// <param name="BasedOn">The resourceVersion that it named as the one it meant.</param>
/// <param name="Version">The resourceVersion that it was told; null for a deletion.</param>
/// <param name="IsAcknowledged">Whether it was told that it happened.</param>
internal sealed record Write(
    string Key, WriteKind Kind, string Value, long? BasedOn, long? Version, bool IsAcknowledged);

/// <summary>A row of the journal's table.</summary>
/// <param name="Ordering">The row's place: the object's resourceVersion.</param>
/// <param name="Key">The entity's persistence id.</param>
/// <param name="SequenceNr">The entity's number of the row.</param>
/// <param name="Writer">The activation that wrote it.</param>
/// <param name="IsDeletion">Whether the object is gone with it.</param>
/// <param name="Value">What it holds of <see cref="Write.Value"/>; null where it holds other things.</param>
internal sealed record Row(
    long Ordering, string Key, long SequenceNr, string Writer, bool IsDeletion, string? Value);

/// <summary>An object as a member answers for it.</summary>
internal sealed record Seen(string Key, long Version, string? Value);

/// <summary>What a watch saw: after which version it began, and the versions of its events, in order.</summary>
internal sealed record Watched(string Name, string Resource, long From, IReadOnlyList<long> Versions);

/// <summary>A container that began, as it wrote down itself.</summary>
/// <param name="Uid">Its pod's.</param>
/// <param name="Pod">Its pod's name.</param>
/// <param name="Machine">On whose disk its files are.</param>
/// <param name="Container">Where they are: another place for each container.</param>
/// <param name="Beside">The uid of the pod of this name of which another container lived then; empty: none.</param>
internal sealed record ContainerStart(string Uid, string Pod, int Machine, string Container, string Beside);

/// <summary>A container that came to its own end.</summary>
internal sealed record ContainerDone(string Uid, string Index);

/// <summary>A pod as the API shows it.</summary>
/// <param name="Uid">Its uid.</param>
/// <param name="Name">Its name.</param>
/// <param name="Machine">The number of its node; null: none.</param>
/// <param name="Phase">As in its status.</param>
/// <param name="RunsOnce">Whether its container is never started again.</param>
/// <param name="Restarts">Of its container.</param>
/// <param name="Job">Whose it is.</param>
/// <param name="Index">Which of the Job's.</param>
internal sealed record PodSeen(
    string Uid, string Name, int? Machine, string Phase, bool RunsOnce, int Restarts, string? Job, string? Index);

/// <summary>A Job that is complete, as the API shows it.</summary>
internal sealed record JobSeen(string Name, int Completions, int Succeeded);

/// <summary>What ran on the machines, and what the API says of it.</summary>
/// <param name="Starts">Of all containers, in order.</param>
/// <param name="Done">Of all containers.</param>
/// <param name="Alive">The names of pods of which a container lives now.</param>
/// <param name="Pods">Those that there are now.</param>
/// <param name="Jobs">Those that there are now.</param>
internal sealed record Runs(
    IReadOnlyList<ContainerStart> Starts, IReadOnlyList<ContainerDone> Done, IReadOnlyList<string> Alive,
    IReadOnlyList<PodSeen> Pods, IReadOnlyList<JobSeen> Jobs);

/// <summary>All that is known of a run when nothing is under way any more.</summary>
internal sealed record History(
    IReadOnlyList<Write> Writes, IReadOnlyList<Row> Rows,
    IReadOnlyDictionary<string, IReadOnlyList<Seen>> ByMember, IReadOnlyList<Watched> Watches,
    Runs? Runs = null);
