using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ActorOrchestrator.Agent.Cri.Calls;

/// <summary>
/// Ends unary calls after <paramref name="timeout"/> of <paramref name="time"/>, which gRPC's own deadlines do not
/// know, and gives every failure a message that can be shown: what the runtime said or, where it said nothing, which
/// call failed and why. A call that its caller cancels throws <see cref="OperationCanceledException"/>.
/// </summary>
/// <remarks>
/// The channel's own ThrowOperationCanceledOnCancellation would also hide that the runtime answered DeadlineExceeded.
/// </remarks>
internal sealed class CallBounds(string socketPath, TimeSpan timeout, TimeProvider time) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var bound = new Bound(new CancellationTokenSource(timeout, time), context.Options.CancellationToken);
        var options = context.Options.WithCancellationToken(bound.Either.Token);
        var call = continuation(
            request, new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, options));
        return new AsyncUnaryCall<TResponse>(
            AnswerAsync(call.ResponseAsync, bound, context.Method.FullName), call.ResponseHeadersAsync,
            call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        var answers = new Answers<TResponse>(
            call.ResponseStream, failure => InWords(failure, context.Method.FullName),
            context.Options.CancellationToken);
        return new AsyncServerStreamingCall<TResponse>(
            answers, call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private async Task<TResponse> AnswerAsync<TResponse>(Task<TResponse> answer, Bound bound, string method)
    {
        using var _ = bound;
        try
        {
            return await answer;
        }
        catch (RpcException failure)
        {
            bound.Caller.ThrowIfCancellationRequested();
            throw bound.IsLate
                ? Failure(
                    StatusCode.DeadlineExceeded, $"{method} took longer than {timeout.TotalSeconds:0.###} s", failure)
                : InWords(failure, method);
        }
    }

    private RpcException InWords(RpcException failure, string method)
    {
        var said = failure.Status.Detail;
        return failure.Status.DebugException switch
        {
            // An IOException, so that the library takes it for a broken connection.
            InvalidProtocolBufferException => Failure(StatusCode.Internal, said, failure),
            HttpRequestException or IOException => Failure(
                StatusCode.Unavailable, $"{method}: no answer on {socketPath}: {Cause(failure)}", failure),
            _ => Failure(failure.StatusCode, said.Length > 0 ? said : $"{method}: {failure.StatusCode}", failure),
        };
    }

    private static string Cause(RpcException failure) => failure.Status.DebugException!.GetBaseException().Message;

    private static RpcException Failure(StatusCode code, string message, Exception cause) =>
        new(new Status(code, message, cause), message);

    /// <summary>The deadline of one call beside its caller's wish to end it.</summary>
    private sealed class Bound(CancellationTokenSource deadline, CancellationToken caller) : IDisposable
    {
        public CancellationTokenSource Either { get; } =
            CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, caller);

        public CancellationToken Caller => caller;

        public bool IsLate => deadline.IsCancellationRequested;

        public void Dispose()
        {
            Either.Dispose();
            deadline.Dispose();
        }
    }

    private sealed class Answers<T>(
        IAsyncStreamReader<T> each, Func<RpcException, RpcException> inWords, CancellationToken caller)
        : IAsyncStreamReader<T>
    {
        public T Current => each.Current;

        public async Task<bool> MoveNext(CancellationToken cancellation)
        {
            try
            {
                return await each.MoveNext(cancellation);
            }
            catch (RpcException failure)
            {
                caller.ThrowIfCancellationRequested();
                cancellation.ThrowIfCancellationRequested();
                throw inWords(failure);
            }
        }
    }
}
