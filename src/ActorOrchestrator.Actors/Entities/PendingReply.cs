using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Runtime;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>A command's answer on its way back: stamps the resourceVersion, turns the engine's failures into the API's,
/// and gives up when the wait is over or nobody waits any more.</summary>
internal sealed class PendingReply : IReplyPort, IDisposable
{
    private readonly TaskCompletionSource<Reply> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EntityKey _to;
    private readonly TimeSpan _waitMax;
    private readonly ITimer _timeout;
    private readonly CancellationTokenRegistration _cancellation;

    public PendingReply(EntityKey to, TimeSpan waitMax, TimeProvider time, CancellationToken cancellation)
    {
        (_to, _waitMax) = (to, waitMax);
        _timeout = time.CreateTimer(
            static pending => ((PendingReply)pending!).TimeOut(), this, waitMax, Timeout.InfiniteTimeSpan);
        _cancellation = cancellation.UnsafeRegister(
            static (pending, token) => ((PendingReply)pending!)._completion.TrySetCanceled(token), this);
    }

    /// <summary>To be awaited as it is: a task made of it (WaitAsync, WhenAny) would go by the thread pool.</summary>
    public Task<Reply> Task => _completion.Task;

    public void Complete(object reply, long version) => _completion.TrySetResult(reply switch
    {
        Reply.Accepted accepted => accepted with { Object = Stamp.Version(accepted.Object, version) },
        _ => (Reply)reply,
    });

    public void Fail(AskFailure failure, string? reason = null) =>
        _completion.TrySetResult(new Reply.Rejected(StatusOf(failure, reason)));

    public void Dispose()
    {
        _timeout.Dispose();
        _cancellation.Dispose();
    }

    private void TimeOut() => _completion.TrySetResult(new Reply.Rejected(Statuses.Timeout(
        $"no answer from {_to.Resource} \"{_to.Name}\" within {_waitMax.TotalSeconds:0} s; "
        + "the write may still happen")));

    private static Status StatusOf(AskFailure failure, string? reason) => failure switch
    {
        AskFailure.Overloaded =>
            Statuses.TooManyRequests("the server has too many requests waiting, try again later", 1),
        AskFailure.LogFailed => Statuses.ServiceUnavailable(
            $"the write was not stored: {reason ?? "the log cannot be written at the moment"}"),
        AskFailure.Unavailable => Statuses.ServiceUnavailable("the server is stopping or has lost its log, try again"),
        _ => Statuses.InternalError("the request met a defect of the server; its log says which"),
    };
}

/// <summary>Writes the log's sequence into an object as its resourceVersion.</summary>
internal static class Stamp
{
    public static KubeObject Version(KubeObject value, long version)
    {
        var text = version.ToString();
        return value.Metadata.ResourceVersion == text
            ? value
            : value with { Metadata = value.Metadata with { ResourceVersion = text } };
    }
}
