#:: role
role() { # NAME PATH SECONDS TRUST SIDS
  local there trust
  step="role $1" title="Make the role $1 (path $2), which the callers may assume."
  look NoSuchEntity iam get-role --role-name="$1" --output=json
  there=$answer
  if [[ -z $there ]]; then
    if ((undoing)) || ! differs null "$4"; then return; fi
    change iam create-role --role-name="$1" --path="$2" --max-session-duration="$3" \
      --tags="$tags" --assume-role-policy-document="$(jq -c . <<<"$4")"
    made=1
    return
  fi
  [[ $(jq -r .Role.Path <<<"$there") == "$2" ]] || die "The role $1 is there with another path: choose another name."
  if ! ours "$(jq -c .Role.Tags <<<"$there")" && ((!use_existing && !undoing)); then
    die "The role $1 is there already, and this setup didn't make it: the callers could do everything that it can do. Read its policies, then give --use-existing, or choose another name."
  fi
  if ((undoing)) && made_here "$step" "$(jq -c .Role.Tags <<<"$there")"; then
    title="Delete the role $1."
    if differs "$(jq -c .Role.AssumeRolePolicyDocument <<<"$there")" null; then change iam delete-role --role-name="$1"; made_it; fi
    return
  fi
  step="trust $1" title="Change who may assume the role $1 (trust policy)."
  trust=$(jq -c .Role.AssumeRolePolicyDocument <<<"$there")
  merge "$trust" "$(jq -c .Statement <<<"$4")" "$5" @@TRUST_LIMIT@@
  if differs "$trust" "$after"; then
    change iam update-assume-role-policy --role-name="$1" --policy-document="$after"
    made_it
  fi
  session "$1" "$3" "$(jq -c .Role.MaxSessionDuration <<<"$there")"
}

session() { # NAME SECONDS NOW
  local wanted=$2
  step="session $1"
  if ((undoing)); then
    saved_of "$step"
    [[ $old != none ]] || return 0
    wanted=$old
  elif (($3 >= $2)); then return; fi
  title="Let sessions of the role $1 last $wanted seconds at most (now $3)."
  if differs "$3" "$wanted"; then
    change iam update-role --role-name="$1" --max-session-duration="$wanted"
    made_it
  fi
}

# made_here STEP TAGS: whether the role or user is this script's to delete: it is tagged so, and wasn't there before.
made_here() {
  saved_of "$1"
  [[ $old == null || $old == none ]] && ours "$2"
}
#:: user
user() { # NAME PATH
  local there
  step="user $1" title="Make the user $1 (path $2), without a console password."
  look NoSuchEntity iam get-user --user-name="$1" --output=json
  there=$answer
  if [[ -z $there ]]; then
    if ((undoing)) || ! differs null "$(jq -nc --arg name "$1" --arg path "$2" '{UserName: $name, Path: $path}')"; then return; fi
    change iam create-user --user-name="$1" --path="$2" --tags="$tags"
    made=1
    return
  fi
  [[ $(jq -r .User.Path <<<"$there") == "$2" ]] || die "The user $1 is there with another path: choose another name."
  if ! ours "$(jq -c .User.Tags <<<"$there")" && ((!use_existing && !undoing)); then
    die "The user $1 is there already, and this setup didn't make it: whoever has its key can do everything that it can do. Read its policies, then give --use-existing, or choose another name."
  fi
  if ((undoing)) && made_here "$step" "$(jq -c .User.Tags <<<"$there")"; then
    title="Delete the user $1."
    if differs "$(jq -c '.User | {UserName, Path}' <<<"$there")" null; then change iam delete-user --user-name="$1"; made_it; fi
  fi
}

# made_here STEP TAGS: whether the role or user is this script's to delete: it is tagged so, and wasn't there before.
made_here() {
  saved_of "$1"
  [[ $old == null || $old == none ]] && ours "$2"
}
#:: inline
inline() { # role|user NAME POLICY_NAME DOCUMENT
  local there wanted=$4
  step="inline $1 $2 $3" title="Give the $(word "$1") $2 the inline policy $3."
  look NoSuchEntity iam "get-$1-policy" "--$1-name=$2" --policy-name="$3" --query=PolicyDocument --output=json
  there=${answer:-null}
  if ((undoing)); then
    saved_of "$step"
    wanted=$(none_is_null "$old")
    title="Put the inline policy $3 of the $(word "$1") $2 back."
    [[ $wanted != null ]] || title="Take the inline policy $3 from the $(word "$1") $2."
  fi
  if differs "$there" "$wanted"; then
    if [[ $wanted == null ]]; then
      change iam "delete-$1-policy" "--$1-name=$2" --policy-name="$3"
    else
      change iam "put-$1-policy" "--$1-name=$2" --policy-name="$3" --policy-document="$(jq -c . <<<"$wanted")"
    fi
    made_it
  fi
}
#:: exists
exists() { # role|user NAME ARN
  ((!undoing)) || return 0
  look NoSuchEntity iam "get-$1" "--$1-name=$2" --output=json
  [[ -n $answer ]] || die "The $(word "$1") $2 doesn't exist in the account $account: make it first, or correct its name."
  [[ $(jq -r '(.Role // .User).Path' <<<"$answer") == "$3" ]] || die "The $(word "$1") $2 has another path than $3: correct its name."
}
#:: attached
attached() { # role|user NAME POLICY_ARN
  local there
  step="attached $1 $2 $3" title="Attach $3 to the $(word "$1") $2: for a test only."
  look NoSuchEntity iam "list-attached-$1-policies" "--$1-name=$2" --output=json
  there=$(jq -nc --argjson there "${answer:-null}" --arg arn "$3" \
    'if any(($there.AttachedPolicies // [])[]; .PolicyArn == $arn) then {PolicyArn: $arn} else null end')
  if ((undoing)); then
    saved_of "$step"
    [[ $old == null ]] || return 0
    title="Detach $3 from the $(word "$1") $2."
    if differs "$there" null; then change iam "detach-$1-policy" "--$1-name=$2" --policy-arn="$3"; made_it; fi
  elif differs "$there" "$(jq -nc --arg arn "$3" '{PolicyArn: $arn}')"; then
    change iam "attach-$1-policy" "--$1-name=$2" --policy-arn="$3"
  fi
}
#:: access_key
access_key() { # USER: its secret goes into a file for you alone, and is shown to nobody
  local ids file="${BASH_SOURCE[0]%.sh}.access-key.json"
  step="access-key $1" title="Make an access key of the user $1, in the file $file."
  look NoSuchEntity iam list-access-keys --user-name="$1" --output=json
  ids=$(jq -nc --argjson there "${answer:-null}" '[($there.AccessKeyMetadata // [])[].AccessKeyId]')
  saved_of "$step"
  if ((undoing)); then
    [[ $old != none ]] || return 0
    title="Delete the access key $(jq -r .AccessKeyId <<<"$old") of the user $1."
    [[ $(jq -nc --argjson ids "$ids" --argjson old "$old" '$ids | any(. == $old.AccessKeyId)') == true ]] || return 0
    if differs "$old" null; then
      change iam delete-access-key --user-name="$1" --access-key-id="$(jq -r .AccessKeyId <<<"$old")"
      made_it
    fi
    return
  fi
  [[ $ids == '[]' ]] || return 0
  changes=$((changes + 1))
  if ((!making)); then
    say "$changes. $title"
    return
  fi
  say "$title"
  set -C # an older file is never written over
  { : >"$file"; } 2>/dev/null || die "$file is there already: move it away first."
  set +C
  # Never repeated: a second call would make a second key.
  AWS_MAX_ATTEMPTS=1 aws iam create-access-key --user-name="$1" --output=json >"$file" ||
    die "No access key was made, or its answer was lost: look with aws iam list-access-keys." 3
  printf '%s\t%s\n' "$step" "$(jq -c '{AccessKeyId: .AccessKey.AccessKeyId}' "$file")" >>"$saved"
  say "   Hand the file over by a safe way, then delete it. Its reader: s3-crossaccount profile write ANSWERS --keys FILE"
}
#:: managed_policy
managed_policy() { # NAME PARTITION DOCUMENT
  local arn="arn:$2:iam::$account:policy/$1" there=null wanted=$3 version=''
  step="managed $1" title="Make the managed policy $1; attach it to whoever is to have access."
  look NoSuchEntity iam get-policy --policy-arn="$arn" --query=Policy.DefaultVersionId --output=text
  version=$answer
  if [[ -n $version ]]; then
    look NoSuchEntity iam get-policy-version --policy-arn="$arn" --version-id="$version" --query=PolicyVersion.Document --output=json
    there=${answer:-null}
  fi
  if ((undoing)); then
    saved_of "$step"
    wanted=$(none_is_null "$old")
    title="Put the managed policy $1 back as it was, or delete it; detach it first."
  fi
  if ! differs "$there" "$wanted"; then return; fi
  if [[ $wanted == null ]]; then
    change iam delete-policy --policy-arn="$arn"
  elif [[ $there == null ]]; then
    change iam create-policy --policy-name="$1" --tags="$tags" --policy-document="$(jq -c . <<<"$wanted")"
  else
    change iam create-policy-version --policy-arn="$arn" --set-as-default --policy-document="$(jq -c . <<<"$wanted")"
    change iam delete-policy-version --policy-arn="$arn" --version-id="$version" # at most five may be there
  fi
  made_it
}
#:: key_policy
key_policy() { # KEY_ARN REGION STATEMENTS SIDS
  local there
  step="key $1" title="Let the callers use the KMS key $1 (key policy)."
  look NotFoundException kms get-key-policy --key-id="$1" --policy-name=default --region="$2" --query=Policy --output=text
  there=$answer
  [[ -n $there ]] || die "The key $1 doesn't exist."
  merge "$there" "$3" "$4" @@KEY_LIMIT@@
  if differs "$there" "$after"; then
    change kms put-key-policy --key-id="$1" --policy-name=default --region="$2" --policy="$after"
    made_it
  fi
}
#:: bucket_policy
bucket_policy() { # STEP TITLE BUCKET REGION STATEMENTS SIDS
  local there
  step="$1 $3" title=$2
  look NoSuchBucketPolicy s3api get-bucket-policy --bucket="$3" --region="$4" --expected-bucket-owner="$account" --query=Policy --output=text
  there=${answer:-null}
  merge "$there" "$5" "$6" @@BUCKET_LIMIT@@
  if ! differs "$there" "$after"; then return; fi
  if [[ $after == null ]]; then
    change s3api delete-bucket-policy --bucket="$3" --region="$4" --expected-bucket-owner="$account"
  else
    change s3api put-bucket-policy --bucket="$3" --region="$4" --expected-bucket-owner="$account" --policy="$after"
  fi
  made_it
}
#:: lockout
lockout() { # BUCKET: the guards can lock everybody out, and nobody of this account is exempt
  local typed=''
  ((making && !undoing)) || return 0
  case " ${confirmed[*]-} " in *" $1 "*) return ;; esac
  [[ -t 0 ]] || die "The guards of $1 can lock everybody out. Give --confirm-lockout $1 if that is meant."
  read -r -p "The guards can lock everybody out of $1. Type the bucket's name: " typed || true
  [[ $typed == "$1" ]] || die 'Cancelled: the guards were not set.' 130
}
#:: by_hand
by_hand() { # WHO WHAT DOCUMENT
  if ((making || undoing)); then return; fi
  say "By hand, $1: $2"
  shown '|' "$3"
}
#:: organization
organization() { # the statements ask for the organization, whose id wasn't known when this script was written
  local name
  ((!undoing)) || return 0
  [[ $organization =~ ^o-[a-z0-9]{10,32}$ ]] || die 'Give --organization o-… (aws organizations describe-organization).'
  for name in ${!document_@}; do
    printf -v "$name" '%s' "${!name//'<organization id>'/$organization}"
  done
}
