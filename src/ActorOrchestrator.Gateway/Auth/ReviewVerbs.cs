using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Authentication;
using ActorOrchestrator.Api.Authorization;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>Answers questions about who someone is and what they may (<c>kubectl auth can-i</c>,
/// <c>whoami</c>).</summary>
internal sealed class ReviewVerbs(IAuthorizer authorizer, TokenFile tokens, BootstrapTokens bootstrap)
{
    public async Task CreateAsync(ApiRequest request)
    {
        var asked = await BodyDecoder.ReadAsync(request, request.Kind);
        KubeObject answer = asked switch
        {
            SelfSubjectReview review => review with { Status = new() { UserInfo = Describe(request.Who) } },
            SelfSubjectAccessReview review => review with
            {
                Status = Decide(
                    request, request.Who, review.Spec.ResourceAttributes, review.Spec.NonResourceAttributes),
            },
            SubjectAccessReview review => review with { Status = DecideFor(request, review.Spec, null) },
            LocalSubjectAccessReview review => review with
            {
                Status = DecideFor(request, review.Spec, request.Info.Namespace),
            },
            SelfSubjectRulesReview review => review with { Status = authorizer.RulesOf(request.Who) },
            TokenReview review => review with
            {
                Spec = review.Spec with { Token = null },
                Status = Judge(request, review.Spec.Token ?? ""),
            },
            _ => throw Failure.MethodNotAllowed(),
        };
        await ResponseWriter.WriteAsync(request, answer, HttpCode.Created);
    }

    private TokenReviewStatus Judge(ApiRequest request, string token)
    {
        var shown = tokens.Find(token) is { } known
            ? new(known)
            : bootstrap.Judge(token, request.Http.Connection.RemoteIpAddress);
        return shown.Who is { } who
            ? new() { Authenticated = true, User = Describe(who) }
            : new() { Error = shown.Refusal?.Message ?? "the token is not known" };
    }

    private static UserInfo Describe(Identity who) => new()
    {
        Username = who.User,
        Uid = who.Uid,
        Groups = who.Groups.ToValueList(),
        Extra = who.Extra,
    };

    private SubjectAccessReviewStatus DecideFor(ApiRequest request, SubjectAccessReviewSpec spec, string? scope)
    {
        if (string.IsNullOrEmpty(spec.User) && spec.Groups.Count == 0)
        {
            throw Failure.Invalid(request.Kind, "", [new FieldError(
                FieldErrorType.Invalid, "spec.user", "\"\"", "at least one of user or group must be specified")]);
        }

        if (scope is not null && spec.ResourceAttributes is { } resource && resource.Namespace != scope)
        {
            throw Failure.BadRequest($"spec.resourceAttributes.namespace must match namespace: {scope}");
        }

        return Decide(
            request, new Identity(spec.User ?? "", [.. spec.Groups], spec.Uid) { Extra = spec.Extra },
            spec.ResourceAttributes, spec.NonResourceAttributes);
    }

    private SubjectAccessReviewStatus Decide(
        ApiRequest request, Identity who, ResourceAttributes? resource, NonResourceAttributes? path)
    {
        if (resource is null == path is null)
        {
            throw Failure.Invalid(request.Kind, "", [resource is null
                ? new FieldError(FieldErrorType.Invalid, "spec.resourceAttributes", "null",
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified")
                : new FieldError(FieldErrorType.Invalid, "spec.nonResourceAttributes",
                    Encoding.UTF8.GetString(KubeJson.Encode(path!)),
                    "cannot be specified in combination with resourceAttributes")]);
        }

        var decision = authorizer.Decide(who, resource is not null
            ? new AccessRequest(
                resource.Verb ?? "", resource.Group ?? "", resource.Resource ?? "", resource.Subresource ?? "",
                resource.Namespace, resource.Name, Path: null)
            : new AccessRequest(path!.Verb ?? "", "", "", "", null, null, path.Path ?? ""));
        return new() { Allowed = decision.Allowed, Reason = decision.Reason.Length > 0 ? decision.Reason : null };
    }
}
