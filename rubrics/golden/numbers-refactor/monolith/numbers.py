# Numbers assignment
# reads numbers from a file (or takes my example numbers) and prints some statistics
import sys
import os, math
import collections

# In [1]: get the data
if len(sys.argv)>1:
    path=sys.argv[1]
    if os.path.exists(path)==False:
        print('cannot find '+path)
        sys.exit(1)
    f=open(path)
    text=f.read()
    f.close()
else:
    text='''12 7 3 25 8 19 7 3 7 40
-4 15.5 22 6 28 31
# my comment line
9, 13, 2, 2.5, oops, 17'''

# In [2]: clean it
data=[]
bad=[]
for line in text.split('\n'):
    if line.startswith('#') == False:
        for word in line.replace(',',' ').split():
            try:
                x=float(word)
                if x == int(x):
                    x=int(x)
                data.append(x)
            except:
                bad.append(word)

if len(data)==0:
    print('no numbers found')
    sys.exit(1)

# In [3]: statistics
total=0
for x in data:
    total=total+x
mean=total/len(data)
s=sorted(data)
if len(s)%2==0:
    median=(s[len(s)//2-1]+s[len(s)//2])/2
else:
    median=s[len(s)//2]
counts=collections.Counter(data)
most = max(counts.values())
modes=[]
for x in sorted(counts):
    if counts[x]==most:
        modes.append(x)
sq=0
for x in data:
    sq=sq+(x-mean)**2
std=math.sqrt(sq/len(data))

# In [4]: special numbers
primes=[]
for x in s:
    if type(x)==int and x>1:
        isprime=True
        for d in range(2,int(math.sqrt(x))+1):
            if x%d==0:
                isprime=False
        if isprime==True and x not in primes:
            primes.append(x)
perfect=[]
for x in s:
    if type(x)==int and x>1:
        sumdiv=0
        for d in range(1,x):
            if x%d==0:
                sumdiv+=d
        if sumdiv==x and x not in perfect:
            perfect.append(x)

# In [5]: histogram
low=s[0]; high=s[-1]
width=(high-low)/5
if width==0: width=1
bins=[0,0,0,0,0]
for x in data:
    i=int((x-low)/width)
    if i>4: i=4
    bins[i]=bins[i]+1

# In [6]: print everything
print('Report on '+str(len(data))+' numbers')
print('-'*30)
if len(bad)>0:
    print('Skipped: '+', '.join(bad))
print('Smallest:           '+'%.2f'%low)
print('Largest:            '+'%.2f'%high)
print('Mean:               '+'%.2f'%mean)
print('Median:             '+'%.2f'%median)
print('Mode:               '+', '.join([str(x) for x in modes]))
print('Standard deviation: '+'%.2f'%std)
if len(primes)>0: print('Primes:             '+', '.join([str(x) for x in primes]))
else: print('Primes:             none')
if len(perfect)>0: print('Perfect numbers:    '+', '.join([str(x) for x in perfect]))
else: print('Perfect numbers:    none')
print('-'*30)
for i in range(5):
    print('%8.2f to %8.2f  %s' % (low+i*width,low+(i+1)*width,'*'*bins[i]))
