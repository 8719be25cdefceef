using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>A command's answer on its way back: turns the member's failures into the API's, and gives up when the wait
/// is over or nobody waits any more.</summary>
internal sealed class PendingCommand : IDisposable
{
    /// <summary>A command that finds nobody is told again so often, after twice the time each: three seconds in
    /// all.</summary>
    private const int TellAgainMax = 7;

    /// <summary>A shard that is handed over takes nothing for some tens of milliseconds: what is told to it then is
    /// dropped by Akka.</summary>
    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromMilliseconds(25);

    private readonly TaskCompletionSource<Reply> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _waitMax;
    private readonly ITimer _timeout;
    private readonly CancellationTokenRegistration _cancellation;
    private int _foundNobody;

    public PendingCommand(EntityKey to, TimeSpan waitMax, TimeProvider time, CancellationToken cancellation)
    {
        (To, _waitMax) = (to, waitMax);
        _timeout = time.CreateTimer(
            static pending => ((PendingCommand)pending!).TimeOut(), this, waitMax, Timeout.InfiniteTimeSpan);
        _cancellation = cancellation.UnsafeRegister(
            static (pending, token) => ((PendingCommand)pending!)._completion.TrySetCanceled(token), this);
    }

    public EntityKey To { get; }

    /// <summary>Tells the entity; again where nobody has seen it.</summary>
    public Action? Tell { get; set; }

    /// <summary>To be awaited as it is: a task made of it (WaitAsync, WhenAny) would go by the thread pool.</summary>
    public Task<Reply> Task => _completion.Task;

    public void Complete(Reply reply) => _completion.TrySetResult(reply);

    public void Fail(CommandFailure failure, string? reason) =>
        _completion.TrySetResult(new Reply.Rejected(StatusOf(failure, reason)));

    /// <summary>It found nobody.</summary>
    /// <returns>After how long it is to be told again; null when it was often enough.</returns>
    public TimeSpan? FindsNobody() => Interlocked.Increment(ref _foundNobody) is var times && times <= TellAgainMax
        ? TellAgainAfter * (1 << (times - 1))
        : null;

    public void Dispose()
    {
        _timeout.Dispose();
        _cancellation.Dispose();
    }

    private void TimeOut() => _completion.TrySetResult(new Reply.Rejected(Statuses.Timeout(
        $"no answer from {To.Resource} \"{To.Name}\" within {_waitMax.TotalSeconds:0} s; the write may still happen")));

    private static Status StatusOf(CommandFailure failure, string? reason) => failure switch
    {
        CommandFailure.Overloaded =>
            Statuses.TooManyRequests("the server has too many requests waiting, try again later", 1),
        CommandFailure.NotStored => Statuses.ServiceUnavailable(
            $"the write was not stored: {reason ?? "the journal cannot be written at the moment"}"),
        CommandFailure.Lost => Statuses.Timeout(
            "the server that had the object was lost before it answered; the write may still have happened"),
        CommandFailure.Unavailable =>
            Statuses.ServiceUnavailable(reason ?? "the object moves between servers, try again"),
        _ => Statuses.InternalError("the request met a defect of the server; its log says which"),
    };
}
